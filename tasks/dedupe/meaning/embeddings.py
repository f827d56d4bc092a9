"""embeddings: a direction for every problem that no step set aside so far, shard by shard.

The table is the model's, not a step's: a new source is embedded alone, and another threshold, or
another opinion of an earlier step, asks for nothing that the pool holds. The journal of each shard
stays, compressed: a shard or a receipt that is gone or damaged is made again from it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.errors import PoolError
from schemas.identity import digest
from schemas.recipe.teachers import Served
from schemas.tables import EMBEDDINGS
from tasks.dedupe.meaning import static
from tasks.llm.embedder import Direction, Embeddings, embed, journal_of
from tasks.llm.journal import Journal
from tasks.llm.requests import Meter
from tasks.llm.vllm.server import served
from tasks.pool.integrity import check
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt, Shard

VERSION = "1"
STAGE = "embed"

Show = Callable[[Meter, float], None]


def embeddings(done: Done, options: Served, show: Show, rebuy: bool = False) -> list[Receipt]:
    """The embeddings of every problem shard, in order; a server is started where one is missing.

    `rebuy`: ask again for what was paid for and is lost. Raises TeacherError, PoolError; whatever
    was received until then is kept.
    """
    keys = [
        digest(STAGE, VERSION, options.model, receipt.key, done.decided([receipt.key]))[:16]
        for receipt in done.problems
    ]
    pool = done.pool
    sound, damaged = _looked_at(pool, set(keys))
    missing = [n for n, key in enumerate(keys) if key not in sound]
    if missing:
        pool.writing()
        held = partial(_held, done, options, sound)
        lost = {
            n: len(held(keys[n], done.problems[n]).lacks) for n in missing if keys[n] in damaged
        }
        if any(lost.values()) and not rebuy:
            raise PoolError(_lost([damaged[keys[n]] for n in lost if lost[n]], sum(lost.values())))
        lacking = []
        for number in missing:
            own = held(keys[number], done.problems[number])
            if own.lacks:
                lacking.append((keys[number], done.problems[number]))
            else:
                sound[own.key] = _commit(done, options, own, own.units)
        for receipt in asyncio.run(_ask(done, options, sound, lacking, show)) if lacking else []:
            sound[receipt.key] = receipt
    return [sound[key] for key in keys]


def plan_static(done: Done) -> Iterator[Job]:
    """The embeddings of every problem shard by tokens alone, a job each. Raises RecipeError."""
    for receipt in done.problems:
        key = digest(STAGE, VERSION, static.stamp(), receipt.key, done.decided([receipt.key]))[:16]
        shard = receipt.whole("problems")
        given = (receipt, done.part([receipt.key]))
        yield Job(STAGE, key, shard.path, shard.rows, done.recipe, embed_shard, given)


def embed_shard(pool: Pool, job: Job, parent: Receipt, known: Done) -> Receipt:
    """Write the directions of the problems of a shard that no step set aside."""
    texts = _texts(known, parent)
    found = static.embed(list(texts.values()))
    units: dict[str, Direction] = {
        row: (unit, None if unit.any() else "a vector without direction")
        for row, unit in zip(texts, found, strict=True)
    }
    receipt = Receipt(STAGE, job.key, parent.key, parents=[parent.key])
    receipt.facts["model"] = static.MODEL
    receipt.counts.update({"in": len(texts), "out": len(texts)})
    table = as_table(units, static.MODEL)
    return pool.commit(receipt, {"embeddings": table} if len(table) else {}, job.recipe)


class Held(NamedTuple):
    """The texts of one problem shard, and the directions that the pool holds of them, by id."""

    key: str
    parent: Receipt
    texts: dict[str, str]
    units: dict[str, Direction]

    @property
    def lacks(self) -> list[str]:
        """The ids that have to be asked for."""
        return [row for row in self.texts if row not in self.units]


def _held(
    done: Done, options: Served, sound: dict[str, Receipt], key: str, parent: Receipt
) -> Held:
    """What shards of the same problems hold, also without a receipt, and what the journal does."""
    texts = _texts(done, parent)
    units: dict[str, Direction] = {}
    alone = Shard("embeddings", f"embeddings/{STAGE}-{key}.parquet", 0, 0, "")
    if done.pool.exists(alone.path):
        with suppress(PoolError):
            units |= _read(done.pool, Receipt(STAGE, key, "", [alone]))
    for receipt in sound.values():
        if receipt.parents == [parent.key] and receipt.facts["model"] == options.model:
            units |= _read(done.pool, receipt)
    for record in _journal(done.pool, options, parent).kept():
        units |= record
    return Held(key, parent, texts, {row: units[row] for row in texts if row in units})


async def _ask(
    done: Done,
    options: Served,
    sound: dict[str, Receipt],
    missing: list[tuple[str, Receipt]],
    show: Show,
) -> list[Receipt]:
    made = []
    log = Path(done.pool.root if done.pool.local else ".") / "logs" / f"{options.name}.log"
    async with served(options, log) as engine:
        for number, (key, parent) in enumerate(missing):
            held = await asyncio.to_thread(_held, done, options, sound, key, parent)
            journal = _journal(done.pool, options, held.parent)
            units = await embed(engine, journal, held.texts, held.units)
            await journal.rotate()
            made.append(await asyncio.to_thread(_commit, done, options, held, units))
            for file in journal.files():
                await asyncio.to_thread(journal.put_by, file)
            show(engine.meter, (number + 1) / len(missing))
    return made


def _journal(pool: Pool, options: Served, parent: Receipt) -> Journal[Embeddings]:
    return journal_of(pool, digest(STAGE, options.model, parent.key))


def _commit(done: Done, options: Served, held: Held, units: dict[str, Direction]) -> Receipt:
    """Write a shard, in the place of a damaged one too: what could be read of it is in `units`."""
    receipt = Receipt(STAGE, held.key, held.parent.key, parents=[held.parent.key])
    receipt.facts["model"] = options.model
    receipt.counts.update({"in": len(held.texts), "out": len(held.texts)})
    table = as_table({row: units[row] for row in held.texts}, options.model)
    return done.pool.commit(receipt, {"embeddings": table} if len(table) else {}, done.recipe)


def _looked_at(pool: Pool, wanted: set[str]) -> tuple[dict[str, Receipt], dict[str, str]]:
    """The receipts that are sound, and what is wrong with each other one, by their keys. Of the
    wanted ones every byte is read.
    """
    sound, damaged = {}, {}
    for path in sorted(pool.fs.glob(pool.path(f"receipts/{STAGE}/*.json"))):
        key = PurePath(path).stem
        try:
            receipt = pool.receipt(STAGE, key)
            if receipt and pool.local and key in wanted:
                check(pool, receipt.outputs)
        except PoolError as error:
            damaged[key] = str(error)
        except (TypeError, KeyError, AttributeError):
            damaged[key] = f"{path}: no receipt"
        else:
            if receipt:
                sound[key] = receipt
            else:
                damaged[key] = f"{path}: its shard is gone"
    return sound, damaged


def _lost(damages: list[str], count: int) -> str:
    return (
        f"{'; '.join(damages[:5])}. {count:,} embeddings were paid for and are lost: no copy is "
        "left in journal/. Bring the file back from a backup, or build with --rebuy to ask for "
        "them again. Nothing was asked"
    )


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


def _read(pool: Pool, receipt: Receipt) -> dict[str, Direction]:
    shard = receipt.shard("embeddings")
    if shard is None:
        return {}
    table = pool.read(shard, ["row_id", "vector", "detail"])
    return {
        row: (None if vector is None else np.array(vector, np.float16), why)
        for row, vector, why in zip(*(column.to_pylist() for column in table.columns), strict=True)
    }
