"""recheck: a pool or a published release against benchmarks, with a list of what to remove.

Nothing is changed. Two files are written: `removals.csv`, one line per problem that a hit drops or
puts up for review, and `hits.parquet`, the hits with both texts (the columns of `contamination`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow.parquet as pq

from schemas.errors import PoolError
from schemas.identity import problem_id
from tasks.contamination import benchmarks
from tasks.contamination.benchmark_index import EMPTY, Against
from tasks.contamination.hits import hits
from tasks.contamination.lineage import inherited
from tasks.contamination.options import Comparison
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool

ROWS = 20_000
COLUMNS = ("problem", "prompt", "messages", "question", "text")
"""Columns that hold the problem, the first that there is: text, or a conversation."""

REMOVALS = ["problem_id", "rows", "benchmark", "item_id", "test", "score", "decision"]


class Rechecked(NamedTuple):
    """What was found: rows read, problems among them, hits, and the files written."""

    rows: int
    problems: int
    hits: pl.DataFrame
    removals: pl.DataFrame


def recheck(place: str, options: Comparison, base: Path, out: Path) -> Rechecked:
    """Compare every problem of a pool or a release once; write the two files into `out`.

    Raises PoolError where there are no problems to read.
    """
    against = Against([benchmarks.load(name, base) for name in options.benchmarks], options.n)
    found, counted = [EMPTY], [pl.DataFrame(schema={"problem_id": pl.String, "rows": pl.UInt32})]
    seen: set[str] = set()
    rows = 0
    for batch in texts(place):
        rows += len(batch)
        counted.append(batch.group_by("problem_id").agg(rows=pl.len()))
        fresh = batch.unique("problem_id", keep="first", maintain_order=True)
        fresh = fresh.filter(~pl.col("problem_id").is_in(seen))
        seen.update(fresh["problem_id"])
        found.append(hits(fresh, against, options))
    every = pl.concat(found)
    every = pl.concat([every, inherited(family(place), every, [])])
    every = every.sort("problem_id", "benchmark", "item_id")
    times = pl.concat(counted).group_by("problem_id").agg(pl.col("rows").sum())
    worst = every.filter(pl.col("decision") != "keep").sort(
        pl.col("decision") == "drop", "score", descending=True, nulls_last=True, maintain_order=True
    )
    removals = worst.unique("problem_id", keep="first").join(times, on="problem_id")
    removals = removals.select(REMOVALS).sort("decision", "problem_id")
    out.mkdir(parents=True, exist_ok=True)
    removals.write_csv(out / "removals.csv")
    every.write_parquet(out / "hits.parquet")
    return Rechecked(rows, len(seen), every, removals)


def family(place: str) -> pl.DataFrame:
    """Problems and their parents; a release does not say."""
    pool = Pool(place)
    shards = pool.live("problems") if pool.exists("manifest.json") else []
    frames = [frame_of(pool.read(shard, ["problem_id", "parent_id"])) for shard in shards]
    return pl.concat(
        [pl.DataFrame(schema={"problem_id": pl.String, "parent_id": pl.String}), *frames]
    )


def texts(place: str) -> Iterator[pl.DataFrame]:
    """Batches of what `hits` reads, from a pool's problems or the rows of a release."""
    pool = Pool(place)
    if pool.exists("manifest.json"):
        for shard in pool.live("problems"):
            frame = frame_of(pool.read(shard, ["problem_id", "problem", "answer"]))
            yield _batch(frame.rename({"problem": "text"}))
        return
    files = sorted(Path(place).rglob("*.parquet")) if Path(place).is_dir() else [Path(place)]
    if not files or not files[0].is_file():
        raise PoolError(f"{place}: no pool here (no manifest.json) and no Parquet files")
    for file in files:
        with pq.ParquetFile(file) as parquet:
            names = parquet.schema_arrow.names
            column = next((c for c in COLUMNS if c in names), None)
            if column is None:
                raise PoolError(
                    f"{file}: none of the columns {', '.join(COLUMNS)} to read a problem from; "
                    f"it has: {', '.join(names)}"
                )
            wanted = [c for c in ("problem_id", "answer", column) if c in names]
            for batch in parquet.iter_batches(ROWS, columns=wanted):
                yield _release(batch.to_pylist(), column)


def _release(rows: list[dict[str, Any]], column: str) -> pl.DataFrame:
    texts = [asked(row[column]) for row in rows]
    own = [row.get("problem_id") or problem_id(t) for row, t in zip(rows, texts, strict=True)]
    answers = [row.get("answer") for row in rows]
    schema = {"problem_id": pl.String, "text": pl.String, "answer": pl.String}
    return _batch(pl.DataFrame([own, texts, answers], schema=schema))


def _batch(frame: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    return frame.with_columns(trace_id=nothing, place=pl.lit("problem"))


def asked(turns: Any) -> str:
    """What the user asked first in a conversation, or the text itself."""
    if isinstance(turns, str):
        return turns
    return next((t.get("content") or "" for t in turns or [] if t.get("role") == "user"), "")
