"""select: a view's rows, as positions in the pool; the long text is not touched.

One SQL statement per view (`statement.py`). What a view leaves out is counted by reason.
"""

from typing import TYPE_CHECKING

import polars as pl
import pyarrow.parquet as pq

from schemas.identity import digest, digest_all
from schemas.recipe.views import View, format_of
from tasks.pool.integrity import check
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt, Shard
from tasks.query.sql import connect, query
from tasks.views.diverse import rank, rank_problems
from tasks.views.matching import greedy
from tasks.views.order import Teachers, ordered, teachers_of
from tasks.views.statement import ROWS, candidates, statement

if TYPE_CHECKING:
    import duckdb


VERSION = "4"

NO_THOUGHT = "without thought"
NO_VALUE = "without a value in `by`"

Tables = dict[str, list[Shard]]
"""The live shards of every table, in order."""


def select(
    connection: "duckdb.DuckDBPyConnection", name: str, view: View, elected: bool = False
) -> pl.DataFrame:
    """The rows of a view with their split. `elected`: as in `statement`. Raises QueryError naming
    the view.
    """
    if view.per_problem and view.per_problem.by == "diverse":
        by = f"md5('{view.seed}' || trace_id)"
        drawn = ROWS.format(order=by, where=view.where or "true", more="")
        connection.register("diverse", rank(connection, drawn, f"view {name}").to_arrow())
    if view.matched():
        keep = view.per_problem.keep if view.per_problem else None
        found = frame_of(query(connection, candidates(name, view), f"view {name}"))
        connection.register("matched", greedy(found, view.partners(), keep).to_arrow())
    if view.sample and view.sample.by == "diverse":
        rows = statement(name, view.model_copy(update={"sample": None}))
        most = view.sample.n or query(connection, f"FROM ({rows})", name).num_rows
        unlike = rank_problems(connection, rows, most, view.seed, f"view {name}")
        connection.register("unlike", unlike.to_arrow())
    frame = frame_of(query(connection, statement(name, view, elected), f"view {name}"))
    return frame.with_columns(split=splits(frame["problem_id"], view))


def splits(problems: pl.Series, view: View) -> pl.Series:
    """The split of each problem, by a seeded hash: the same wherever it stands."""
    names = list(view.splits)
    if len(names) == 1:
        return pl.Series([names[0]] * len(problems), dtype=pl.String)
    ends: list[float] = []
    for share in view.splits.values():
        ends.append((ends[-1] if ends else 0.0) + share)

    def split(problem: str) -> str:
        at = int(digest("split", view.seed, problem)[:12], 16) / 16**12
        return next((n for n, end in zip(names, ends, strict=True) if at < end), names[-1])

    return problems.map_elements(split, pl.String)


def funnel(
    connection: "duckdb.DuckDBPyConnection", name: str, view: View, selected: int
) -> dict[str, int]:
    """Where the rows went: in = selected + every reason. Pairs are counted by their winners."""
    of_problems = format_of(name, view).per == "problem"
    lead = next(iter(view.roles.values()), view.chosen)
    conditions = [c for c in (view.where, lead) if c]
    where = " AND ".join(f"({c})" for c in conditions) or "true"
    sql = (
        f"SELECT count(*), count(*) FILTER (set_aside IS NOT NULL), "
        f"count(*) FILTER (set_aside IS NULL AND NOT coalesce(({where})::BOOLEAN, false)) "
        f"FROM {'graded' if of_problems else 'pool'}"
    )
    row = query(connection, sql, f"view {name}").to_pylist()[0]
    total, aside, unmatched = row.values()
    candidates = total - aside - unmatched
    limit = "no_partner_or_limit" if lead else "per_problem_limit"
    counts = {"in": total, "aside.problem_set_aside": aside, "aside.where": unmatched}
    if view.caps:
        limit = f"{limit}_or_cap"
    if view.sample and (view.sample.tokens or view.sample.weight or selected == view.sample.n):
        limit = f"{limit}_or_sample"
    counts[f"aside.{limit}"] = candidates - selected
    return {**{k: v for k, v in counts.items() if v or k == "in"}, "out": selected}


def notes(
    connection: "duckdb.DuckDBPyConnection", name: str, view: View, chosen: pl.DataFrame
) -> dict[str, int]:
    """What a reader of the funnel should know of the rows besides where they went: how many that
    could have been chosen have no value in `by`, and so stand last; how many of the chosen traces
    have no thought.
    """
    found: dict[str, int] = {}
    if format_of(name, view).per == "problem" or chosen.is_empty():
        return found

    def count(sql: str) -> int:
        return int(query(connection, sql, f"view {name}").to_pylist()[0]["n"])

    by = view.per_problem.by if view.per_problem else "random"
    if by not in ("random", "diverse") and not (view.matched() or view.chosen):
        found[NO_VALUE] = count(
            "SELECT count(*) AS n FROM pool WHERE set_aside IS NULL "
            f"AND coalesce(({view.where or 'true'})::BOOLEAN, false) AND ({by}) IS NULL"
        )
    connection.register("chosen_rows", chosen.select("trace_id").to_arrow())
    found[NO_THOUGHT] = count(
        "SELECT count(*) FILTER (coalesce(reasoning_chars, 0) = 0) AS n "
        "FROM pool JOIN chosen_rows USING (trace_id) WHERE response_chars IS NOT NULL"
    )
    return {note: number for note, number in found.items() if number}


def selected(pool: Pool, chosen: Receipt, file: Shard | None = None) -> pl.DataFrame:
    """The rows of a finished selection. Raises PoolError where its file is damaged."""
    shard = file or chosen.outputs[0]
    check(pool, [shard])
    with pool.fs.open(pool.path(shard.path), "rb") as source:
        return frame_of(pq.read_table(source, pre_buffer=False))


def plan(done: Done, tables: Tables, name: str, view: View) -> Job:
    """The job that selects all rows of a view."""
    inputs = [shard.path for shards in tables.values() for shard in shards]
    what = view.model_dump(mode="json", exclude={"reasoning", "shard_tokens", "system", "messages"})
    own = format_of(name, view).columns
    key = digest("select", VERSION, name, what, inputs, *([dict(own)] if own else []))[:16]
    rows = sum(shard.rows for shard in tables.get("traces", []))
    live = teachers_of(done, tables.get("traces", []))
    given = (tables, list(done.deciding), name, view, live)
    return Job("select", key, name, rows, done.recipe, choose, given)


def choose(
    pool: Pool,
    job: Job,
    tables: Tables,
    deciding: list[str],
    name: str,
    view: View,
    live: Teachers,
) -> Receipt:
    """Write the selection of a view. `live`: who answered each trace shard."""
    with connect(pool, tables, deciding) as connection:
        chosen = select(connection, name, view, bool(tables.get("golds")))
        counts = funnel(connection, name, view, len(chosen)) | notes(connection, name, view, chosen)
    if format_of(name, view).per != "problem":
        chosen = ordered(pool, chosen, tables.get("traces", []), live, view)
    path = f"selections/{name}-{job.key}.parquet"
    size, sha256 = pool.put(path, chosen.write_parquet)
    content = digest_all(map(str, chosen.iter_rows()))
    receipt = Receipt("select", job.key, name, counts=counts, facts={"content": content})
    receipt.outputs.append(Shard("selections", path, len(chosen), size, sha256))
    return pool.commit(receipt, {}, job.recipe)
