"""A verifier of one's own, by command and by URL: verdicts, deadline, the audit of golds."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.flows.built import Built
from tests.flows.inline import Place
from tests.flows.problems import gold, problems, recipe, traces

PROGRAM = """#!/usr/bin/env python3
import json, sys, time
open("starts", "a").write("x")
for line in sys.stdin:
    row = json.loads(line)
    said = row["response"].rpartition("boxed{")[2].rstrip("}.")
    if "HANG" in row["response"]:
        time.sleep(60)
    if "CRASH" in row["response"]:
        sys.exit(3)
    right = said == row["answer"] and not (row["audit"] and said == "7")
    verdict = "correct" if right else "incorrect"
    word = {"id": row["id"], "verdict": verdict, "extracted": said, "score": 0.5}
    print(json.dumps(word), flush=True)
"""
STEPS = ["screen", "generate"]


@pytest.fixture
def site(tmp_path: Path) -> Place:
    return Place(tmp_path)


def prepare(site: Place, kinds: object, recorded: list[dict[str, object]] | None = None) -> None:
    rows = [{**row, "answer_kind": "sum"} for row in problems(6)]
    site.jsonl("p.jsonl", rows)
    site.jsonl("t.jsonl", traces(0, 6) if recorded is None else recorded)
    site.recipe(recipe(steps=[*STEPS, {"verify": {"kinds": kinds}}], views={}))


def program(site: Place, text: str = PROGRAM) -> str:
    path = site.path("judge.py")
    path.write_text(text)
    path.chmod(0o755)
    return "./judge.py"


def verdicts(built: Built) -> pl.DataFrame:
    return built.table("verdicts").join(built.table("traces"), on="trace_id")


def test_a_program_judges_the_problems_of_its_kind(site: Place) -> None:
    prepare(site, {"sum": {"command": program(site), "version": "4.12"}})
    built = site.built()
    found = verdicts(built)
    assert set(found["verifier"]) == {"sum"}
    assert set(found["version"]) == {"4.12"}
    assert set(found["reason"]) == {"equal.own", "differ.own"}
    assert set(found["score"]) == {0.5}
    told = found.with_columns(label=pl.col("verdict") == "correct")
    right = pl.col("response").str.contains_any([f"boxed{{{gold(i)}}}" for i in range(6)])
    assert told.select((pl.col("label") == right).all()).item()
    assert site.unchanged()


def test_a_gold_that_it_refuses_is_set_aside_by_the_screen(site: Place) -> None:
    prepare(site, {"sum": {"command": program(site)}})
    refused = [i for i in range(6) if gold(i) == 7]
    line = site.built().line("screen")
    assert line["aside"] == {"gold_refused": len(refused)} and refused


def test_a_new_version_judges_again_and_nothing_else_does(site: Place) -> None:
    prepare(site, {"sum": {"command": program(site), "version": "1"}})
    site.built()
    before = len(site.path("starts").read_text())
    prepare(site, {"sum": {"command": program(site), "version": "2"}})
    built = site.built()
    assert len(site.path("starts").read_text()) == 2 * before
    assert set(built.table("verdicts")["version"]) == {"2"}


@pytest.mark.parametrize(
    ("word", "reason"), [("HANG", "undecided.timeout"), ("CRASH", "undecided.worker_lost")]
)
def test_one_response_that_stops_it_costs_itself_alone(site: Place, word: str, reason: str) -> None:
    rows = traces(0, 6)
    rows[7]["trace"] = f"<think>\n</think>\n\n{word} \\boxed{{1}}."
    prepare(site, {"sum": {"command": program(site), "deadline": 2}}, rows)
    found = verdicts(site.built())
    hit = pl.col("response").str.contains(word)
    assert found.filter(hit)["reason"].to_list() == [reason]
    assert set(found.filter(~hit)["reason"]) == {"equal.own", "differ.own"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#!/bin/sh\necho broken >&2; exit 3\n", "`./judge.py` ended with 3 and judged nothing"),
        ("#!/bin/sh\ncat >/dev/null; echo hello\n", "verifier `sum`: `the line`: is no JSON"),
        (
            '#!/bin/sh\ncat >/dev/null; echo \'{"id": "0", "verdict": "fine"}\'\n',
            "`verdict`: Input should be 'correct', 'incorrect' or 'undecided'",
        ),
        (
            '#!/bin/sh\ncat >/dev/null; echo \'{"id": "77", "verdict": "correct"}\'\n',
            "says something of `77`, which it was not asked about",
        ),
        (
            '#!/bin/sh\ncat >/dev/null; echo \'{"id": "1", "verdict": "correct"}\'\n',
            "answers `1` before `0`; it answers in the order",
        ),
    ],
)
def test_what_is_no_verdict_stops_the_build_and_says_why(site: Place, text: str, told: str) -> None:
    prepare(site, {"sum": {"command": program(site, text)}})
    assert told in site.complaint()


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ({"sum": {"command": "./nowhere"}}, "verifier `sum`: there is no program `./nowhere`"),
        ({"math": {"command": "cat"}}, "longcot judges `math` itself"),
        ({"human": {"command": "cat"}}, "longcot judges `human` itself"),
        ({"sum": {}}, "has a `command` or a `url`"),
        ({"sum": {"command": "cat", "url": "http://x"}}, "has a `command` or a `url`"),
    ],
)
def test_a_recipe_that_cannot_work_is_told_before_anything_runs(
    site: Place, kinds: object, told: str
) -> None:
    prepare(site, kinds)
    assert told in site.complaint()


@pytest.fixture
def service() -> Iterator[tuple[str, list[int]]]:
    """A service that judges, and fails each first request with 503; the statuses it gave."""
    given: list[int] = []
    seen: set[bytes] = set()

    class Judge(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            row = json.loads(body)
            status = 200 if body in seen else 503
            seen.add(body)
            given.append(status)
            right = row["audit"] or f"boxed{{{row['answer']}}}" in row["response"]
            said = {"id": row["id"], "verdict": "correct" if right else "incorrect"}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Judge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/judge", given
    server.shutdown()


def test_a_service_judges_and_a_5xx_is_asked_again(
    site: Place, service: tuple[str, list[int]]
) -> None:
    url, given = service
    prepare(site, {"sum": {"url": url}})
    found = verdicts(site.built())
    assert set(found["reason"]) == {"equal.own", "differ.own"}
    assert given.count(503) == given.count(200) > 0


def test_a_service_that_is_down_stops_the_build_and_says_so(site: Place) -> None:
    prepare(site, {"sum": {"url": "http://127.0.0.1:9/judge"}})
    told = site.complaint()
    assert "verifier `sum` at http://127.0.0.1:9/judge" in told and "is it up?" in told


def test_recipes_without_one_keep_their_keys(site: Place) -> None:
    from flows.recipe import Recipe

    plain = recipe(steps=[*STEPS, "verify"], views={})
    empty = recipe(steps=[*STEPS, {"verify": {"kinds": {}}}], views={})
    assert Recipe.model_validate(plain).fingerprint() == Recipe.model_validate(empty).fingerprint()
    assert "kinds" not in Recipe.model_validate(plain).steps[-1].options()


@pytest.mark.slow
def test_a_trace_is_judged_by_the_kind_that_its_prompt_or_teacher_asked_for(site: Place) -> None:
    site.jsonl("p.jsonl", problems(4))
    program_of = "Here:\n```python\nprint({0})\n```"
    rows = [
        {"problem": p["problem"], "response": program_of.format(p["answer"]), "prompt": prompt}
        for p in problems(4)
        for prompt in ("pot@1234abcd", "boxed@1234abcd")
    ]
    site.jsonl("t.jsonl", rows)
    teachers = [{"name": "t", "recorded": "t.jsonl", "columns": {"response": "response"}}]

    def told(**by: object) -> None:
        steps = ["generate", {"verify": by}]
        site.recipe(recipe(teachers=teachers, steps=steps, views={}))

    told(by_prompt={"pot": "program"})
    found = verdicts(site.built())
    by = {prompt: set(rows["verifier"]) for (prompt,), rows in found.group_by("prompt")}
    assert by == {"pot@1234abcd": {"program"}, "boxed@1234abcd": {"math"}}
    assert set(found.filter(pl.col("verifier") == "program")["verdict"]) == {"correct"}
    site.recipe(
        recipe(
            teachers=teachers,
            steps=["generate", {"verify": {"by_teacher": {"t": "program"}}}],
            views={},
        )
    )
    assert set(verdicts(site.built())["verifier"]) == {"program"}
    site.recipe(
        recipe(
            teachers=teachers,
            steps=["generate", {"verify": {"by_teacher": {"t": "poem"}}}],
            views={},
        )
    )
    assert "no verifier judges `poem`" in site.complaint()
