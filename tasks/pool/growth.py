"""Taking rows in: a stream becomes shards, and a longer stream becomes only the shards it adds.

Both tables that hold long text (`problems`, `traces`) are filled this way. Shards are cut by size
as rows come, and keyed by the content of their rows. When the source has changed, or a run was
killed, the stream is first walked for its rows' hashes alone: shards whose rows all still occur
stay, and the second walk writes only rows that no such shard holds. So nothing is written twice,
wherever in the source new rows were put, and rows that left the source leave the manifest.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.identity import digest, digest_all
from schemas.tables import REJECTS
from tasks.pool.id_set import keys_of
from tasks.pool.parquet import row_bytes
from tasks.pool.store import Pool, Receipt

READING = 2
"""Raised where rows of some sources are read in another way than before: every stream is walked
once more, and only shards with a row that is read anew are written again.
"""

SHARD_BYTES = 32 * 2**20
SHARD_ROWS = 50_000


Reject = tuple[str, str, str, str, str | None]
"""A row of `REJECTS`."""


class Prepared(NamedTuple):
    """A batch of a stream: rows of the table, and the rows set aside (`rejects`)."""

    rows: pa.Table
    aside: pa.Table
    parents: pa.Array | None = None  # per row: the key of the problem shard it belongs to
    notes: Mapping[str, int] = MappingProxyType({})  # what else the funnel tells of the rows


class Intake(NamedTuple):
    """What is live of a stream: the shards with rows, the shards of rejects, and the counts."""

    shards: list[Receipt]
    aside: list[Receipt]
    counts: dict[str, int]


def intake(
    pool: Pool,
    stage: str,
    table: str,
    spec: str,
    stamp: str,
    batches: Callable[[], Iterator[Prepared]],
    recipe: str,
    tick: Callable[[int], None],
) -> Intake:
    """Bring the shards of a stream up to date.

    `spec` names the source and how it is read (not where it lies), `stamp` its present content.
    `tick` is told how many rows were read. Equal stamps read nothing.
    """
    listing = digest("listing", READING, stage, spec, stamp)
    done = pool.receipt(f"{stage}-listing", listing)
    if done:
        shards, aside = (
            _find(pool, stage, done.facts["live"]),
            _find(pool, f"{stage}-aside", done.parents),
        )
        if len(shards) == len(done.facts["live"]) and len(aside) == len(done.parents):
            now = done.facts["parents"]
            return Intake([replace(r, parents=now[r.key]) for r in shards], aside, done.counts)
    pool.writing()
    earlier = [r for r in pool.receipts(stage) if r.facts.get("spec") == spec and r.shard(table)]
    live, held = _still_live(pool, table, earlier, batches) if earlier else ([], [])
    new, aside, counts = _write(pool, stage, table, spec, batches, held, recipe, tick)
    shards = live + new
    facts = {"live": [r.key for r in shards], "parents": {r.key: r.parents for r in shards}}
    receipt = Receipt(
        f"{stage}-listing",
        listing,
        spec,
        parents=[r.key for r in aside],
        counts=counts,
        facts=facts,
    )
    pool.put_json(f"receipts/{stage}-listing/{listing}.json", receipt.__dict__)
    return Intake(shards, aside, counts)


def _find(pool: Pool, stage: str, keys: list[str]) -> list[Receipt]:
    return [receipt for key in keys if (receipt := pool.receipt(stage, key))]


def _still_live(
    pool: Pool,
    table: str,
    earlier: list[Receipt],
    batches: Callable[[], Iterator[Prepared]],
) -> tuple[list[Receipt], list[np.ndarray]]:
    """The shards whose every row still occurs, in the order in which the stream meets them.

    Their `parents` are those of today: an edited problem stands in another shard than before.
    """
    walk, owners = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
    names: dict[str, int] = {}
    for batch in batches():
        walk.append(keys_of(batch.rows.column("content").to_pylist()))
        if batch.parents is not None:
            numbers = [names.setdefault(p, len(names)) for p in batch.parents.to_pylist()]
            owners.append(np.array(numbers, np.int32))
    stream, owner, listed = np.concatenate(walk), np.concatenate(owners), list(names)
    order = np.argsort(stream, kind="stable")
    known = stream[order]
    found = []
    for receipt in earlier:
        shard = receipt.shard(table)
        assert shard is not None
        keys = keys_of(pool.read(shard, ["content"]).column(0).to_pylist())
        at = np.searchsorted(known, keys)
        if len(keys) and (at < len(known)).all() and (known[at] == keys).all():
            today = receipt
            if len(owner):
                parents = sorted(listed[number] for number in np.unique(owner[order[at]]))
                today = replace(receipt, parents=parents)
            found.append((int(order[at].min()), today, at))
    # Two shards hold the same row only after rows left the source and came back: keep one.
    kept: list[Receipt] = []
    held: list[np.ndarray] = []
    taken = np.zeros(len(known), np.bool_)
    for _, receipt, at in sorted(found, key=lambda item: (item[0], item[1].key)):
        if not taken[at].any():
            kept.append(receipt)
            held.append(known[at])
            taken[at] = True
    return kept, held


def _among(keys: np.ndarray, run: np.ndarray) -> np.ndarray:
    at = np.minimum(np.searchsorted(run, keys), len(run) - 1)
    found: np.ndarray = run[at] == keys
    return found


def _write(
    pool: Pool,
    stage: str,
    table: str,
    spec: str,
    batches: Callable[[], Iterator[Prepared]],
    held: list[np.ndarray],
    recipe: str,
    tick: Callable[[int], None],
) -> tuple[list[Receipt], list[Receipt], dict[str, int]]:
    """Walk the stream and write what no live shard holds; count every row once."""
    known = np.sort(np.concatenate(held)) if held else None
    with ThreadPoolExecutor(1) as writer:  # a shard is written while the next one is read
        written: deque[Future[Receipt]] = deque()

        def commit(rows: _Waiting) -> None:
            if written:
                written[-1].result()
            work = partial(_commit_rows, pool, stage, table, spec, rows, recipe)
            written.append(writer.submit(work))

        asides, counts = _walk(pool, stage, spec, batches, known, commit, recipe, tick)
        return [one.result() for one in written], asides, counts


def _walk(
    pool: Pool,
    stage: str,
    spec: str,
    batches: Callable[[], Iterator[Prepared]],
    known: np.ndarray | None,
    commit: Callable[["_Waiting"], None],
    recipe: str,
    tick: Callable[[int], None],
) -> tuple[list[Receipt], dict[str, int]]:
    """Cut the stream into shards, without the rows whose content is `known`. Returns the receipts
    of the rejects, and the counts.
    """
    counts = {"in": 0, "out": 0}
    asides = []
    waiting, waiting_bytes = _Waiting(), 0
    aside: list[pa.Table] = []
    for batch in batches():
        count = batch.rows.num_rows + batch.aside.num_rows
        counts["in"] += count
        counts["out"] += batch.rows.num_rows
        for reason in batch.aside.column("reason").to_pylist():
            counts[f"aside.{reason}"] = counts.get(f"aside.{reason}", 0) + 1
        for note, count_of in batch.notes.items():
            counts[note] = counts.get(note, 0) + count_of
        if batch.aside.num_rows:
            aside.append(batch.aside)
        if sum(part.num_rows for part in aside) >= SHARD_ROWS:
            asides.append(_commit_aside(pool, stage, spec, aside, recipe))
            aside = []
        rows, parents = batch.rows, batch.parents
        if known is not None and rows.num_rows:
            fresh = pa.array(~_among(keys_of(rows.column("content").to_pylist()), known))
            rows = rows.filter(fresh)
            parents = parents.filter(fresh) if parents is not None else None
        # Row by row, so that where a shard ends does not depend on where a batch did.
        start = 0
        sizes = row_bytes(rows)
        for stop in [*cuts_after(sizes, waiting_bytes, waiting.rows)]:
            waiting.add(rows.slice(start, stop - start), parents, start, stop)
            commit(waiting)
            waiting, waiting_bytes = _Waiting(), 0
            start = stop
        if start < rows.num_rows:
            waiting.add(rows.slice(start), parents, start, rows.num_rows)
            waiting_bytes += sum(sizes[start:])
        tick(count)
    if waiting.rows:
        commit(waiting)
    if aside:
        asides.append(_commit_aside(pool, stage, spec, aside, recipe))
    return asides, counts


def cuts_after(sizes: list[int], held_bytes: int, held_rows: int) -> list[int]:
    """Where shards end in a batch, given what waits from the batches before it.

    A shard ends with the row that makes it reach SHARD_BYTES or SHARD_ROWS.
    """
    ends = []
    total, rows = held_bytes, held_rows
    for index, size in enumerate(sizes):
        total, rows = total + size, rows + 1
        if total >= SHARD_BYTES or rows >= SHARD_ROWS:
            ends.append(index + 1)
            total = rows = 0
    return ends


class _Waiting:
    """Rows that wait for their shard to fill."""

    def __init__(self) -> None:
        self.parts: list[pa.Table] = []
        self.parents: set[str] = set()
        self.rows = 0

    def add(self, rows: pa.Table, parents: pa.Array | None, start: int, stop: int) -> None:
        self.parts.append(rows)
        self.rows += rows.num_rows
        if parents is not None:
            self.parents.update(parents.slice(start, stop - start).unique().to_pylist())


def _commit_rows(
    pool: Pool, stage: str, table: str, spec: str, waiting: _Waiting, recipe: str
) -> Receipt:
    rows = pa.concat_tables(waiting.parts)
    ids = rows.column("content").to_pylist()
    key = digest(stage, spec, digest_all(ids))[:16]
    done = pool.receipt(stage, key)
    if done:
        return replace(done, parents=sorted(waiting.parents))
    facts = {"spec": spec, "rows": rows.num_rows}
    receipt = Receipt(stage, key, spec, parents=sorted(waiting.parents), facts=facts)
    return pool.commit(receipt, {table: rows}, recipe)


def _commit_aside(pool: Pool, stage: str, spec: str, aside: list[pa.Table], recipe: str) -> Receipt:
    rows = pa.concat_tables(aside).cast(REJECTS)
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    key = digest(stage, "aside", spec, digest_all(map(str, frame.iter_rows())))[:16]
    done = pool.receipt(f"{stage}-aside", key)
    if done:
        return done
    return pool.commit(Receipt(f"{stage}-aside", key, spec), {"rejects": rows}, recipe)
