"""A live teacher's shards: journal files become shards, and the live rows among them are found.

Shards are only ever added. A sample may stand in several of them (a failed one that was asked
again, a cut one that was continued); the best row counts. A shard that holds rows which do not
count today (of other parameters, of problems that left the sources) is not live itself: a copy
without these rows is. Should they count again, the shard is live again and nothing is asked twice.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.identity import digest
from tasks.generation.live.plan import Plan
from tasks.generation.live.record import SampleRecord
from tasks.generation.live.second_copy import Kept, commit, keep, key_of
from tasks.generation.recorded import Index
from tasks.pool.growth import SHARD_ROWS
from tasks.pool.id_set import keys_of
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool, Receipt

NARROW = ["trace_id", "problem_id", "prompt", "params", "sample", "state", "rounds"]


def best(records: Iterable[SampleRecord]) -> dict[str, SampleRecord]:
    """The last word on each sample: an answer beats a failure, more rounds beat fewer, and what
    was begun again because its server could not go on beats what had been broken off.
    """
    found: dict[str, SampleRecord] = {}
    for record in records:
        other = found.get(record.id)
        if other is None or _rank(record) >= _rank(other):
            found[record.id] = record
    return found


def _rank(record: SampleRecord) -> tuple[bool, bool, int, bool]:
    return record.failure is None, not record.broken_off, record.rounds, not record.open


def compact(
    pool: Pool, plan: Plan, records: list[SampleRecord], index: Index, recipe: str, wall: float
) -> None:
    """Make shards of samples that are whole, and keep their records beside them, compressed: the
    only second copy of what was paid for. `wall`: seconds that it took to draw them.
    """
    whole = sorted(records, key=lambda record: record.id)
    for start in range(0, len(whole), SHARD_ROWS):
        part = whole[start : start + SHARD_ROWS]
        owners = index.owner([record.problem for record in part])
        parents = sorted({owner for owner in owners if owner})
        made = Kept(plan.teacher.name, plan.spec, round(wall, 3), parents, part)
        key = key_of(made)
        if pool.receipt("generate", key) is None:
            keep(pool, key, made)
            commit(pool, key, made, recipe)
        wall = 0.0


def settle(
    pool: Pool, plan: Plan, index: Index, recipe: str
) -> tuple[list[Receipt], dict[str, int]]:
    """The live shards of a teacher and their counts."""
    own = sorted(
        (
            receipt
            for receipt in pool.receipts("generate")
            if receipt.facts.get("spec") == plan.spec and "of" not in receipt.facts
        ),
        key=lambda receipt: receipt.key,
    )
    frames = [_narrow(pool, plan, receipt, number, index) for number, receipt in enumerate(own)]
    if not frames:
        return [], {"in": 0, "out": 0}
    rows = pl.concat(frames)
    rows = rows.sort("key", "rank", "shard").with_columns(
        last=(pl.col("key") != pl.col("key").shift(-1)).fill_null(value=True)
    )
    rows = rows.with_columns(lives=pl.col("last") & pl.col("wanted") & (pl.col("owner") >= 0))
    unknown = rows.filter(pl.col("last") & pl.col("wanted") & (pl.col("owner") < 0)).height
    live = []
    for number, receipt in enumerate(own):
        mine = rows.filter(pl.col("shard") == number).sort("row")
        kept = mine.filter("lives")
        if not len(kept):
            continue
        parents = sorted(index.shards[owner] for owner in kept["owner"].unique().to_list())
        if len(kept) == len(mine):
            live.append(replace(receipt, parents=parents))
        else:
            live.append(_without(pool, receipt, kept["row"].to_numpy(), parents, recipe))
    out = rows.filter("lives")
    counts = {"in": len(out) + unknown, "out": len(out), "aside.unknown_problem": unknown}
    for state in ("truncated", "failed"):
        counts[state] = out.filter(pl.col("state") == state).height
    return live, counts


def _narrow(pool: Pool, plan: Plan, receipt: Receipt, number: int, index: Index) -> pl.DataFrame:
    """What decides of each row of a shard: 8 bytes of its id, its rank, and its problem's shard."""
    shard = receipt.shard("traces")
    assert shard is not None
    frame = frame_of(pool.read(shard, NARROW))
    wanted = [plan.wanted(*row) for row in frame.select("prompt", "params", "sample").iter_rows()]
    places = {key: place for place, key in enumerate(index.shards)}
    owners = index.owner(frame["problem_id"].to_list())
    return pl.DataFrame(
        {
            "key": keys_of(frame["trace_id"].to_list()),
            "rank": frame["rounds"].to_numpy() + 1000 * (frame["state"] != "failed").to_numpy(),
            "shard": np.full(len(frame), number, np.int32),
            "row": np.arange(len(frame), dtype=np.int32),
            "owner": np.array([places[o] if o else -1 for o in owners], np.int32),
            "wanted": wanted,
            "state": frame["state"].cast(pl.Categorical),
        }
    )


def _without(
    pool: Pool, receipt: Receipt, rows: np.ndarray, parents: list[str], recipe: str
) -> Receipt:
    """A copy of a shard with these rows alone."""
    key = digest("live-rows", receipt.key, rows.tolist())[:16]
    done = pool.receipt("generate", key)
    if done:
        return replace(done, parents=parents)
    shard = receipt.shard("traces")
    assert shard is not None
    facts: dict[str, Any] = {**receipt.facts, "of": receipt.key, "rows": len(rows)}
    made = Receipt("generate", key, receipt.label, parents=parents, facts=facts)
    return pool.commit(made, {"traces": pool.read(shard).take(pa.array(rows))}, recipe)
