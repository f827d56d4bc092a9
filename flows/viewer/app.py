"""The viewer of a pool: traces, problems, histories, and what people decide."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from flows.viewer.filters import DECISIONS, Filter
from flows.viewer.guard import form, guard
from flows.viewer.pages import Text, page
from flows.viewer.release import Release, add_rows
from flows.viewer.source import PAGE, Source
from schemas.errors import LongcotError, QueryError
from tasks.pool.store import Pool

SAMPLES = 24
"""Samples of a problem that stand side by side."""


def viewer(place: str) -> FastAPI:
    """The application for a pool, or for a folder of Parquet files such as a release."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.middleware("http")(guard)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))

    @app.exception_handler(LongcotError)
    def told(request: Request, error: LongcotError) -> Response:
        return page("error.html", 400, name=Path(place).name, error=str(error))

    if Pool(place).exists("manifest.json"):
        _add_pool(app, Source(place))
    else:
        add_rows(app, Release(place))
    return app


def _add_pool(app: FastAPI, source: Source) -> None:
    """The pages of a pool. They are plain functions: FastAPI runs them in threads."""

    def ready(**content: object) -> dict[str, object]:
        source.refresh()
        name = source.pool.manifest["name"]
        return {"name": name, "source": source, "trouble": source.trouble, **content}

    def asked(request: Request) -> tuple[Filter, int]:
        told = request.query_params.get("page", "1")
        return Filter.of(request.query_params.items()), int(told) if told.isdecimal() else 1

    @app.get("/")
    def start() -> Response:
        return RedirectResponse("/traces")

    @app.get("/traces")
    def traces(request: Request) -> Response:
        chosen, number = asked(request)
        common = ready(chosen=chosen, tab="traces")
        decided = source.decided
        try:
            facets = source.facets(chosen, tuple(decided))
            rows, error = source.page(chosen, max(1, min(number, 10**9))), ""
        except QueryError as wrong:
            if not chosen.sql:
                raise
            facets, rows, error = source.facets(chosen.bare, tuple(decided)), [], str(wrong)
            facets = {**facets, "total": 0}
        pages = max(1, -(-facets["total"] // PAGE))
        return page("traces.html", facets=facets, rows=rows, error=error, number=number,
                    pages=pages, decided=decided, **common)  # fmt: skip

    @app.get("/trace/{trace}")
    def trace(request: Request, trace: str) -> Response:
        chosen, raw = (
            Filter.of(request.query_params.items()),
            request.query_params.get("raw") == "1",
        )
        common = ready(chosen=chosen, tab="traces", raw=raw)
        row = source.row(trace)
        part = {n: _whole(request.query_params.get(n)) for n in ("thought", "response")}
        thought = Text(row["reasoning"], row["extracted"], part["thought"], raw)
        response = Text(row["response"], row["extracted"], part["response"], raw)
        return page("trace.html", row=row, problem=source.problem(row["problem_id"]),
                    thought=thought, response=response, opened="thought" in request.query_params,
                    decided=source.decided.get(trace), around=source.around(chosen, trace),
                    **common)  # fmt: skip

    @app.get("/problems")
    def problems(request: Request) -> Response:
        chosen, number = asked(request)
        common = ready(chosen=chosen, tab="problems")
        total = sum(shard.rows for shard in source.pool.live("problems"))
        return page("problems.html", rows=source.problems(min(number, 10**9)), number=number,
                    pages=max(1, -(-total // PAGE)), total=total, **common)  # fmt: skip

    @app.get("/problem/{problem}")
    def problem(request: Request, problem: str) -> Response:
        raw = request.query_params.get("raw") == "1"
        common = ready(chosen=Filter.of(request.query_params.items()), tab="problems", raw=raw)
        samples = [
            {**row, "thought": Text(row["reasoning"], row["extracted"], 1, raw),
             "said": Text(row["response"], row["extracted"], 1, raw)}
            for row in source.samples(problem, SAMPLES)
        ]  # fmt: skip
        return page("problem.html", problem=source.problem(problem), samples=samples,
                    decided=source.decided, most=SAMPLES, **common)  # fmt: skip

    @app.get("/history/{row}")
    def history(request: Request, row: str) -> Response:
        common = ready(chosen=Filter.of(request.query_params.items()), tab="")
        return page("history.html", row=row, sections=source.history(row), **common)

    @app.post("/trace/{trace}/decide")
    async def decide(request: Request, trace: str) -> Response:
        fields = await form(request)
        if fields is None:
            return PlainTextResponse("no token of this viewer: load the page again", 403)
        if fields.get("decision") not in DECISIONS:
            return PlainTextResponse(f"decision: one of {', '.join(DECISIONS)}", 400)
        source.row(trace)  # raises for an id that the pool does not have
        note = fields.get("note", "").strip() or None
        # The next one is found first: what was decided may leave the filter.
        chosen = Filter.of([(k, v) for k, v in request.query_params.items()])
        following = source.around(chosen, trace)["next"]
        source.decide(trace, DECISIONS[fields["decision"]], note)
        query = chosen.query()
        return RedirectResponse(f"/trace/{following or trace}{'?' * bool(query)}{query}", 303)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1
