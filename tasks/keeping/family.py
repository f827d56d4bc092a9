"""Which rows a forgotten row takes along: what was made from it, and what was made from that."""

import polars as pl

from schemas.errors import QueryError
from schemas.identity import digest
from tasks.pool.forgotten import forgotten
from tasks.pool.store import Pool

PROBLEMS = ["problem_id", "parent_id", "source"]
TRACES = ["trace_id", "problem_id", "parent_id", "teacher"]


def every_row(pool: Pool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ids and origin of every problem and trace in the pool's shards, live or not; a row for each
    parent that a step derived it from.
    """
    problems, traces = _ids(pool, "problems", PROBLEMS), _ids(pool, "traces", TRACES)
    lineage = _ids(pool, "lineage", ["child", "parent"])
    return _with_parents(problems, lineage), _with_parents(traces, lineage)


def _with_parents(rows: pl.DataFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """The rows, and again those of `lineage` with each of their parents."""
    key = rows.columns[0]
    further = rows.join(lineage, left_on=key, right_on="child", how="inner")
    further = further.with_columns(parent_id="parent").select(rows.columns)
    return pl.concat([rows, further]).unique()


def named(pool: Pool, problems: pl.DataFrame, traces: pl.DataFrame, start: str) -> str:
    """The whole id of the problem or trace that begins with `start`.

    Raises QueryError unless it is one; what is forgotten already counts.
    """
    own = [*problems["problem_id"], *traces["trace_id"], *forgotten(pool).ids]
    found = sorted({one for one in own if one.startswith(start)}) if start else []
    if not found:
        raise QueryError(f"{start}: no problem or trace of this pool has that id")
    if len(found) > 1:
        shown = ", ".join(found[:5])
        raise QueryError(f"{start} begins several ids: {shown} ...; give more digits")
    return found[0]


def of_source(problems: pl.DataFrame, traces: pl.DataFrame, source: str) -> set[str]:
    """The problems of a source, and the traces of a teacher that is called so.

    Raises QueryError where there is neither.
    """
    own = {*problems.filter(source=source)["problem_id"]}
    own |= {*traces.filter(teacher=source)["trace_id"]}
    if not own:
        known = sorted({*problems["source"], *traces["teacher"]})
        raise QueryError(f"{source}: no source or teacher of this pool; it has {', '.join(known)}")
    return own


def descendants(ids: set[str], problems: pl.DataFrame, traces: pl.DataFrame) -> set[str]:
    """These rows and all that was made from them: problems derived from them, traces of them, what
    continues or rewrites these traces, and other draws with the very same text.
    """
    found, fresh = set(ids), set(ids)
    known = {*traces["trace_id"]}
    while fresh:
        ids_now = pl.Series(sorted(fresh), dtype=pl.String).implode()
        made = {*problems.filter(pl.col("parent_id").is_in(ids_now))["problem_id"]}
        of_them = pl.col("problem_id").is_in(ids_now) | pl.col("parent_id").is_in(ids_now)
        made |= {*traces.filter(of_them)["trace_id"]}
        made |= {again for one in fresh for again in _repeats(one, known)}
        fresh = made - found
        found |= fresh
    return found


def _repeats(trace: str, known: set[str]) -> list[str]:
    """Draws of a recording whose text is that of `trace`: they are numbered by recorded.py."""
    found: list[str] = []
    while (again := digest(trace, len(found) + 1)) in known:
        found.append(again)
    return found


def _ids(pool: Pool, table: str, columns: list[str]) -> pl.DataFrame:
    frames = [pl.DataFrame(schema=dict.fromkeys(columns, pl.String))]
    for path in sorted(pool.fs.glob(pool.path(f"{table}/*.parquet"))):
        with pool.fs.open(path, "rb") as source:
            frames.append(pl.read_parquet(source, columns=columns).cast(pl.String))
    return pl.concat(frames).unique()
