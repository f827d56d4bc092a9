"""select: a view's rows, as positions in the pool; the long text is not touched.

One SQL statement per view. Draws are seeded by hashing ids, never by row order, so that a selection
does not depend on how the pool was sharded. What a view leaves out is counted by reason.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from schemas.identity import digest, digest_all
from schemas.recipe.views import View, format_of
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt, Shard
from tasks.query.sql import connect, query
from tasks.views.diverse import rank, rank_problems
from tasks.views.order import Teachers, ordered, teachers_of

if TYPE_CHECKING:
    import duckdb


VERSION = "4"

CARRIED = "carried "
"""Begins the names of columns that a selection has for the rows of the release alone."""

Tables = dict[str, list[Shard]]
"""The live shards of every table, in order."""

ROWS = """
SELECT problem_id, trace_id, shard, row, coalesce(completion_tokens, tokens, 0)::BIGINT AS tokens,
  reason, {order} AS draw{carried}
FROM pool WHERE set_aside IS NULL AND coalesce(({where})::BOOLEAN, false)
"""

KEPT = """
SELECT * EXCLUDE (draw, reason) FROM ({rows})
QUALIFY {keep} >=
  row_number() OVER (PARTITION BY problem_id ORDER BY draw {order} NULLS LAST, trace_id)
"""

PAIRS = """
WITH won AS (SELECT *, row_number() OVER (PARTITION BY problem_id ORDER BY draw, trace_id) AS k
             FROM ({chosen})),
     lost AS (SELECT *, row_number() OVER (PARTITION BY problem_id ORDER BY draw, trace_id) AS k
              FROM ({rejected}))
SELECT won.problem_id, won.trace_id, won.shard, won.row, won.tokens + lost.tokens AS tokens,
  lost.trace_id AS rejected_id, lost.reason AS rejected_reason,
  lost.shard AS rejected_shard, lost.row AS rejected_row{carried}
FROM won JOIN lost USING (problem_id, k) WHERE k <= {keep}
"""

PROBLEMS = """
SELECT problem_id, NULL::VARCHAR AS trace_id, shard, row, length(problem) // 4 AS tokens,
  n, pass_rate, difficulty{carried}
FROM graded WHERE set_aside IS NULL AND coalesce(({where})::BOOLEAN, false)
"""

DIVERSE = "(SELECT rank FROM diverse d WHERE d.trace_id = pool.trace_id)"

DRAWN = "md5('{seed}' || problem_id || coalesce(trace_id, '')), problem_id, trace_id"

SAMPLED = """
SELECT * FROM ({rows}) ORDER BY {drawn} LIMIT {n}
"""

IN_TURN = """
SELECT * EXCLUDE (stratum, place, turn) FROM (
  SELECT *, row_number() OVER (PARTITION BY stratum ORDER BY {drawn}) AS turn
  FROM ({rows}) JOIN ({strata}) USING ({key})
) ORDER BY turn, place, {drawn} LIMIT {n}
"""
"""One row of each stratum, then a second one of each, and so on."""

COLUMN = "SELECT {key}, ({by}) AS stratum, 0 AS place FROM {relation}"
RANKED = "SELECT problem_id, problem_id AS stratum, rank AS place FROM unlike"

PLACED = """
SELECT r.*, p.shard AS problem_shard, p.row AS problem_row
FROM ({rows}) r JOIN problems p USING (problem_id)
ORDER BY r.shard, r.row{more}
"""


def statement(name: str, view: View) -> str:
    """The SQL of a view: its rows in the order of the pool (see `order.py` for the last word)."""
    drawn = f"md5('{view.seed}' || trace_id)"
    keep = view.per_problem
    per = format_of(name, view).per
    columns = carried(name, view)
    also = "".join(f', ({sql}) AS "{CARRIED}{column}"' for column, sql in columns.items())
    match per:
        case "problem":
            rows = PROBLEMS.format(where=view.where or "true", carried=also)
        case "pair":
            both = f"({view.where}) AND " if view.where else ""
            # What meets both conditions can be no loser, or a trace could meet itself.
            loser = f"({view.rejected}) AND NOT coalesce(({view.chosen})::BOOLEAN, false)"
            side = {
                which: ROWS.format(order=drawn, where=f"{both}({condition})", carried=also)
                for which, condition in (("chosen", view.chosen), ("rejected", loser))
            }
            also = "".join(f', won."{CARRIED}{column}"' for column in columns)
            rows = PAIRS.format(**side, keep=keep.keep if keep else 2**31, carried=also)
        case _:
            by = {"random": drawn, "diverse": DIVERSE}.get(keep.by, keep.by) if keep else drawn
            rows = ROWS.format(order=by, where=view.where or "true", carried=also)
            if keep:
                rows = KEPT.format(rows=rows, order=keep.order, keep=keep.keep)
            else:
                rows = f"SELECT * EXCLUDE (draw, reason) FROM ({rows})"
    rows = sampled(name, view, rows)
    more = ", r.rejected_shard, r.rejected_row" if per == "pair" else ""
    return PLACED.format(rows=rows, more=more)


def carried(name: str, view: View) -> dict[str, str]:
    """What rows carry besides, as names and SQL: what the format reads, and what the view asks for.
    In a selection the names have the prefix `CARRIED`. Of a pair it is the winner's.
    """
    return {**format_of(name, view).columns, **view.columns}


def sampled(name: str, view: View, rows: str) -> str:
    """The SQL of what a view draws of its rows."""
    if view.sample is None:
        return rows
    drawn = DRAWN.format(seed=view.seed)
    match view.sample.by:
        case "random":
            return SAMPLED.format(rows=rows, drawn=drawn, n=view.sample.n)
        case "diverse":
            key, strata = "problem_id", RANKED
        case by:
            of_problems = format_of(name, view).per == "problem"
            key, relation = ("problem_id", "graded") if of_problems else ("trace_id", "pool")
            strata = COLUMN.format(key=key, by=by, relation=relation)
    return IN_TURN.format(rows=rows, strata=strata, key=key, drawn=drawn, n=view.sample.n)


def select(connection: "duckdb.DuckDBPyConnection", name: str, view: View) -> pl.DataFrame:
    """The rows of a view with their split. Raises QueryError naming the view."""
    if view.per_problem and view.per_problem.by == "diverse":
        by = f"md5('{view.seed}' || trace_id)"
        drawn = ROWS.format(order=by, where=view.where or "true", carried="")
        connection.register("diverse", rank(connection, drawn, f"view {name}").to_arrow())
    if view.sample and view.sample.by == "diverse":
        rows = statement(name, view.model_copy(update={"sample": None}))
        unlike = rank_problems(connection, rows, view.sample.n, view.seed, f"view {name}")
        connection.register("unlike", unlike.to_arrow())
    frame = frame_of(query(connection, statement(name, view), f"view {name}"))
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
    conditions = [c for c in (view.where, view.chosen) if c]
    where = " AND ".join(f"({c})" for c in conditions) or "true"
    sql = (
        f"SELECT count(*), count(*) FILTER (set_aside IS NOT NULL), "
        f"count(*) FILTER (set_aside IS NULL AND NOT coalesce(({where})::BOOLEAN, false)) "
        f"FROM {'graded' if of_problems else 'pool'}"
    )
    row = query(connection, sql, f"view {name}").to_pylist()[0]
    total, aside, unmatched = row.values()
    candidates = total - aside - unmatched
    limit = "no_partner_or_limit" if view.chosen else "per_problem_limit"
    counts = {"in": total, "aside.problem_set_aside": aside, "aside.where": unmatched}
    if view.sample and selected == view.sample.n:
        limit = f"{limit}_or_sample"
    counts[f"aside.{limit}"] = candidates - selected
    return {**{k: v for k, v in counts.items() if v or k == "in"}, "out": selected}


def plan(done: Done, tables: Tables, name: str, view: View) -> Iterator[Job]:
    """One job: the whole selection of a view."""
    inputs = [shard.path for shards in tables.values() for shard in shards]
    what = view.model_dump(mode="json", exclude={"reasoning", "shard_tokens", "system"})
    own = format_of(name, view).columns
    key = digest("select", VERSION, name, what, inputs, *([dict(own)] if own else []))[:16]
    rows = sum(shard.rows for shard in tables.get("traces", []))
    live = teachers_of(done, tables.get("traces", []))
    given = (tables, list(done.deciding), name, view, live)
    yield Job("select", key, name, rows, done.recipe, choose, given)


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
        chosen = select(connection, name, view)
        counts = funnel(connection, name, view, len(chosen))
    if format_of(name, view).per != "problem":
        chosen = ordered(pool, chosen, tables.get("traces", []), live)
    path = f"selections/{name}-{job.key}.parquet"
    size, sha256 = pool.put(path, chosen.write_parquet)
    content = digest_all(map(str, chosen.iter_rows()))
    receipt = Receipt("select", job.key, name, counts=counts, facts={"content": content})
    receipt.outputs.append(Shard("selections", path, len(chosen), size, sha256))
    return pool.commit(receipt, {}, job.recipe)
