"""What a pool's live teachers and models have cost, told by their samples and answers alone.

Shards and open journals are read, so it is the same after a kill. What stands in several places
counts once.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

import orjson

from schemas.recipe.teachers import Asked, Live
from tasks.generation.live.plan import spec_of
from tasks.llm.ending.budget import Spent
from tasks.pool.store import Pool, Shard

_Row = tuple[str, str, int | None, int | None]
"""Who was asked, the id of what came, and the tokens of its prompt and completion."""


def spent(pool: Pool, teachers: Mapping[str, Live], questions: Mapping[str, Asked]) -> Spent:
    """The tokens and the money of all builds of a pool.

    teachers: the live ones of the recipe, by name; questions: who is asked each, by its name
    """
    asked: dict[str, Asked] = {**questions, **teachers}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for rows in (_sampled(pool, teachers), _answered(pool), _journalled(pool, teachers)):
        for who, one, prompt, completion in rows:
            before = found.get((who, one), (0, 0))
            found[who, one] = max(before, (prompt or 0, completion or 0), key=sum)
    total = Spent()
    for (who, _), (prompt, completion) in found.items():
        if who in asked:
            total = total.more(asked[who], prompt, completion)
    return total


def _read(pool: Pool, table: str, stage: str, columns: list[str]) -> Iterable[tuple[Any, ...]]:
    for path in sorted(pool.fs.glob(pool.path(f"{table}/{stage}-*.parquet"))):
        shard = Shard(table, f"{table}/{PurePath(path).name}", 0, 0, "")
        read = pool.read(shard, columns)
        yield from zip(*(column.to_pylist() for column in read.columns), strict=True)


def _sampled(pool: Pool, teachers: Mapping[str, Live]) -> Iterator[_Row]:
    columns = ["teacher", "trace_id", "prompt_tokens", "completion_tokens"]
    for row in _read(pool, "traces", "generate", columns):
        if row[0] in teachers:  # and not of a recording
            yield row[0], row[1], row[2], row[3]


def _answered(pool: Pool) -> Iterator[_Row]:
    columns = ["what", "answer_id", "prompt_tokens", "completion_tokens"]
    for row in _read(pool, "answers", "ask", columns):
        yield row[0], row[1], row[2], row[3]


def _journalled(pool: Pool, teachers: Mapping[str, Live]) -> Iterator[_Row]:
    """What an interrupted build left in journals; their kept files are second copies."""
    owners = {spec_of(name): name for name in teachers}
    for path in sorted(pool.fs.glob(pool.path("journal/*/*.jsonl"))):
        owner = owners.get(PurePath(path).parent.name)
        with pool.fs.open(path, "rb") as file:
            for line in file:
                try:
                    record = orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue  # cut by the kill; what is damaged is told by who reads it
                if owner and "usage" in record:
                    yield owner, record["id"], record["usage"][0], record["usage"][1]
                elif "what" in record and "answer_id" in record:
                    tokens = record["prompt_tokens"], record["completion_tokens"]
                    yield record["what"], record["answer_id"], *tokens
