"""What a pool's live teachers and models have cost, told by their samples and answers alone.

Shards and open journals are read, so it is the same after a kill. What stands in several places
counts once. 24 bytes a row are held. A damaged shard counts when it has been healed from the second
copies, which the steps do; until then its second copies are counted.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

import orjson
import polars as pl

from schemas.errors import PoolError
from schemas.recipe.teachers import Asked, Live
from tasks.generation.live.plan import spec_of
from tasks.llm.ending.budget import Spent
from tasks.llm.journal import Journal
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool, Shard

ROW = {"who": pl.String, "id": pl.String, "prompt": pl.Int64, "completion": pl.Int64}
"""Who was asked, the id of what came, and the tokens of its prompt and completion."""
ANSWERS = {"who": "what", "id": "answer_id"}
SAMPLES = {"who": "teacher", "id": "trace_id"}
"""How the tables call these."""
BATCH = 50_000
"""Rows of journals that are held as such."""


def spent(pool: Pool, teachers: Mapping[str, Live], questions: Mapping[str, Asked]) -> Spent:
    """The tokens and the money of all builds of a pool.

    teachers: the live ones of the recipe, by name; questions: who is asked each, by its name
    """
    asked: dict[str, Asked] = {**questions, **teachers}
    names = pl.Enum(sorted(asked))
    frames = [pl.DataFrame(schema=ROW)]
    damaged = False
    for table, stage, columns in (("traces", "generate", SAMPLES), ("answers", "ask", ANSWERS)):
        for path in sorted(pool.fs.glob(pool.path(f"{table}/{stage}-*.parquet"))):
            try:
                frames.append(_shard(pool, f"{table}/{PurePath(path).name}", table, columns))
            except PoolError:
                damaged = True
    frames += _journalled(pool, teachers, damaged)
    known = [
        frame.filter(pl.col("who").is_in(list(asked))).select(
            pl.col("who").cast(names), pl.col("id").hash(), "prompt", "completion"
        )
        for frame in frames
    ]
    each = pl.concat(known).group_by("who", "id").agg(pl.max("prompt"), pl.max("completion"))
    total = Spent()
    for who, prompt, completion in (
        each.group_by("who").agg(pl.sum("prompt"), pl.sum("completion")).iter_rows()
    ):
        total = total.more(asked[who], prompt, completion)
    return total


def _shard(pool: Pool, path: str, table: str, columns: Mapping[str, str]) -> pl.DataFrame:
    names = {**columns, "prompt": "prompt_tokens", "completion": "completion_tokens"}
    frame = frame_of(pool.read(Shard(table, path, 0, 0, ""), list(names.values())))
    return frame.select(pl.col(names[own]).cast(kind).alias(own) for own, kind in ROW.items())


def _journalled(pool: Pool, teachers: Mapping[str, Live], kept: bool) -> Iterator[pl.DataFrame]:
    """What an interrupted build left in journals; with `kept` their second copies, too."""
    owners = {spec_of(name): name for name in teachers}
    rows: list[tuple[Any, ...]] = []
    for folder in sorted(pool.fs.glob(pool.path("journal/*"))):
        name = PurePath(folder).name
        for record in _records(pool, folder, kept):
            if name in owners and "usage" in record:
                rows.append((owners[name], record["id"], *record["usage"][:2]))
            elif "what" in record and "answer_id" in record:
                tokens = record["prompt_tokens"], record["completion_tokens"]
                rows.append((record["what"], record["answer_id"], *tokens))
            if len(rows) == BATCH:
                yield pl.DataFrame(rows, ROW, orient="row")
                rows = []
    yield pl.DataFrame(rows, ROW, orient="row")


def _records(pool: Pool, folder: str, kept: bool) -> Iterator[dict[str, Any]]:
    for path in sorted(pool.fs.glob(f"{folder}/*.jsonl")):
        with pool.fs.open(path, "rb") as file:
            for line in file:
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue  # cut by the kill; what is damaged is told by who reads it
    if kept:
        yield from Journal[dict[str, Any]](pool, PurePath(folder).name, dict).kept()
