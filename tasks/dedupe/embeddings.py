"""embeddings: a direction for every problem that no step set aside so far, shard by shard.

The table is the model's, not a step's: a new source is embedded alone, and another threshold, or
another opinion of an earlier step, asks for nothing that the pool holds.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.identity import digest
from schemas.tables import EMBEDDINGS
from schemas.teachers import Served
from tasks.llm.embedder import Direction, embed, journal_of
from tasks.llm.engine import Meter
from tasks.llm.vllm.server import served
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Receipt

VERSION = "1"
STAGE = "embed"

Show = Callable[[Meter, float], None]


def embeddings(done: Done, options: Served, show: Show) -> list[Receipt]:
    """The embeddings of every problem shard, in order; a server is started where one is missing.

    Raises TeacherError, PoolError; whatever was received until then is kept.
    """
    keys = [
        digest(STAGE, VERSION, options.model, receipt.key, done.decided([receipt.key]))[:16]
        for receipt in done.problems
    ]
    found = [done.pool.receipt(STAGE, key) for key in keys]
    missing = [n for n, receipt in enumerate(found) if receipt is None]
    if missing:
        done.pool.writing()
        made = asyncio.run(
            _ask(done, options, [(keys[n], done.problems[n]) for n in missing], show)
        )
        for number, receipt in zip(missing, made, strict=True):
            found[number] = receipt
    return [receipt for receipt in found if receipt]


async def _ask(
    done: Done, options: Served, missing: list[tuple[str, Receipt]], show: Show
) -> list[Receipt]:
    pool, made = done.pool, []
    earlier = await asyncio.to_thread(pool.receipts, STAGE)
    log = Path(pool.root if pool.local else ".") / "logs" / f"{options.name}.log"
    async with served(options, log) as engine:
        for number, (key, parent) in enumerate(missing):
            texts = await asyncio.to_thread(_texts, done, parent)
            held: dict[str, Direction] = {}
            for receipt in earlier:
                if receipt.parents == [parent.key] and receipt.facts["model"] == options.model:
                    held |= await asyncio.to_thread(_held, pool, receipt)
            journal = journal_of(pool, digest(STAGE, options.model, parent.key))
            units = await embed(engine, journal, texts, held)
            await journal.rotate()
            receipt = Receipt(STAGE, key, parent.key, parents=[parent.key])
            receipt.facts["model"] = options.model
            receipt.counts.update({"in": len(texts), "out": len(texts)})
            table = as_table(units, options.model)
            tables = {"embeddings": table} if len(table) else {}
            made.append(await asyncio.to_thread(pool.commit, receipt, tables, done.recipe))
            for file in journal.files():
                journal.drop(file)
            show(engine.meter, (number + 1) / len(missing))
    return made


def as_table(units: dict[str, Direction], model: str) -> pa.Table:
    """Rows of the table `embeddings`: a unit vector per id, or the reason why there is none."""
    vectors = [None if unit is None or why else unit for unit, why in units.values()]
    columns = [
        pa.array(units, pa.string()),
        pa.array([model] * len(units), pa.string()),
        pa.array(vectors, pa.list_(pa.float16())),
        pa.array([why for _, why in units.values()], pa.large_string()),
    ]
    return pa.Table.from_arrays(columns, schema=EMBEDDINGS)


def matrix(table: pa.Table) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """The vectors of a table without nulls: float16 (rows, dimension)."""
    column = table.column("vector").combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=True)
    return flat.reshape(len(column), -1)


def _texts(done: Done, parent: Receipt) -> dict[str, str]:
    shard = parent.shard("problems")
    assert shard is not None
    aside = done.set_aside([parent.key])["row_id"].implode()
    frame = frame_of(done.pool.read(shard, ["problem_id", "problem"]))
    return dict(frame.filter(~pl.col("problem_id").is_in(aside)).iter_rows())


def _held(pool: Pool, receipt: Receipt) -> dict[str, Direction]:
    shard = receipt.shard("embeddings")
    if shard is None:
        return {}
    table = pool.read(shard, ["row_id", "vector", "detail"])
    return {
        row: (None if vector is None else np.array(vector, np.float16), why)
        for row, vector, why in zip(*(column.to_pylist() for column in table.columns), strict=True)
    }
