"""buckets: near-duplicates among more rows than one job compares.

    candidates   one job: which rows share a band with another, and hang together by such pairs. No
                 cluster reaches beyond what hangs together, so this is dealt out in buckets.
    gather       a job per signed shard: what is compared of its candidates, bucket by bucket
    compare      a job per bucket, which does what one job does with a small pool

Memory of `candidates`: 24 bytes a row, and 8 per row and band in temporary files; of a job of
`compare`, 800 bytes for each row of its bucket. What hangs together is never divided, so that one
family of more than BUCKET rows makes a larger bucket.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from schemas.identity import digest
from tasks.dedupe.near_duplicates import Rows, Texts, bands, explained
from tasks.dedupe.options import Near
from tasks.pool.jobs import Job, frame_of
from tasks.pool.store import Pool, Receipt

if TYPE_CHECKING:
    from tasks.pool.build import Build

ONE_JOB = 1_000_000
"""Rows that one job compares, in 800 MB; what has more is compared in buckets."""

BUCKET = 250_000
"""Rows of a bucket, from which on the next is begun: 200 MB a worker."""

BUCKETS = pa.schema([(name, pa.int32()) for name in ("shard", "row", "bucket")])
"""Candidates: the number of their signed shard, their row among those compared, their bucket."""


class Text(NamedTuple):
    """Where the texts of signed rows stand: `columns` of a table, the id first, and what is made
    of the others.
    """

    table: str
    columns: list[str]
    text: pl.Expr


class Comparison(NamedTuple):
    """What a step compares.

    key: a digest of all that decides the result
    signed: the signed shards, and `sources` the receipts of their rows
    rows: from some of the signed shards to what reads their rows (as data, for a job)
    compare: (pool, job, gathered, bucket) to the receipt of a bucket; pickles
    """

    step: str
    key: str
    signed: list[Receipt]
    sources: list[Receipt]
    rows: Callable[[list[Receipt]], Rows]
    text: Text
    options: Near
    compare: Callable[..., Receipt]


def compared(
    build: "Build", what: Comparison, writes: Sequence[str], decides: str = ""
) -> list[Receipt]:
    """Do the jobs; returns their receipts, whose counts add up to those of all rows."""
    pool, recipe = build.pool, build.done.recipe
    count = sum(receipt.counts["in"] for receipt in what.signed)
    step, rows = what.step, what.rows(what.signed)
    stage = f"{step}_candidates"
    given = (what.signed, rows, what.options)
    job = Job(stage, digest(stage, what.key)[:16], "all", count, recipe, candidates, given)
    (dealt,) = build.jobs(stage, [job], [])
    jobs = list(_gathering(pool, recipe, what, dealt))
    gathered = build.jobs(f"{step}_gather", jobs, [])
    works = [
        Job(step, key_of(what, dealt, n), f"bucket {n}", size, recipe, what.compare, (gathered, n))
        for n, size in enumerate(dealt.facts["sizes"])
    ]
    return [dealt, *build.jobs(step, works, writes, decides)]


def key_of(what: Comparison, dealt: Receipt, *which: object) -> str:
    """The key of a job that works on what was dealt out."""
    return digest(what.step, what.key, dealt.key, *which)[:16]


def _gathering(pool: Pool, recipe: str, what: Comparison, dealt: Receipt) -> Iterator[Job]:
    table = pool.read(dealt.whole("dedupe_buckets"))
    shards, places, buckets = (table[name].to_numpy() for name in BUCKETS.names)
    ends = np.searchsorted(shards, np.arange(len(what.signed) + 1))
    for number, (signed, source) in enumerate(zip(what.signed, what.sources, strict=True)):
        own = slice(ends[number], ends[number + 1])
        if own.start == own.stop:
            continue
        key = key_of(what, dealt, "gather", signed.key)
        given = (signed, source, what.rows([signed]), what.text, places[own], buckets[own])
        stage, size = f"{what.step}_gather", int(own.stop - own.start)
        yield Job(stage, key, source.label or signed.key, size, recipe, gather, given)


def candidates(pool: Pool, job: Job, signed: list[Receipt], rows: Rows, options: Near) -> Receipt:
    """Deal out the rows that may have a near-duplicate. The others stay, and are counted here."""
    counted, kept, starts = 0, [np.empty(0, np.int64)], [0]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as files:
        count = 1 if options.threshold == 1 else bands(options).b
        paths = [Path(folder, str(n)) for n in range(count)]
        columns = [files.enter_context(path.open("wb")) for path in paths]
        for receipt in signed:
            frame, keys = rows(pool, receipt)
            whole = np.flatnonzero((frame["sequence"] != 0).to_numpy())
            if options.threshold == 1:  # equal texts alone; two sums that meet do no harm
                keys = frame.select(pl.col("sequence") ^ pl.col("block").hash(1)).to_numpy()
            for column, band in zip(columns, keys[whole].T, strict=True):
                np.ascontiguousarray(band).tofile(column)
            counted += len(frame)
            kept.append(whole)
            starts.append(starts[-1] + len(whole))
        files.close()
        together = _together(starts[-1], paths)
    members, buckets, sizes = dealt(together)
    shards = np.searchsorted(starts, members, side="right") - 1
    dealt_out = (shards, np.concatenate(kept)[members], buckets)
    table = pa.table([pa.array(values, pa.int32()) for values in dealt_out], schema=BUCKETS)
    alone = counted - len(members)
    facts = {"bands": explained(options), "sizes": sizes}
    counts = {"in": alone, "out": alone}
    parents = [receipt.key for receipt in signed]
    receipt = Receipt(job.stage, job.key, "all", [], parents, counts, facts=facts)
    return pool.commit(receipt, {"dedupe_buckets": table}, job.recipe)


def _together(rows: int, columns: list[Path]) -> NDArray[np.int64]:
    """Which rows hang together: the smallest row of those that share a band, or a row that does."""
    from tasks.dedupe.clusters import chain, roots

    parents = np.arange(rows)
    for path in columns:
        keys = np.fromfile(path, np.uint64)
        chain(keys, np.argsort(keys, kind="stable"), parents)
    roots(parents)
    return parents


def dealt(
    together: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[int]]:
    """The rows that hang together with another, the bucket of each, and the size of each bucket.

    together: as `_together` returns it
    """
    several = np.bincount(together, minlength=len(together)) > 1
    members = np.flatnonzero(several[together])
    _, which, sizes = np.unique(together[members], return_inverse=True, return_counts=True)
    bucket = (np.cumsum(sizes) - sizes) // BUCKET
    _, bucket = np.unique(bucket, return_inverse=True)  # a larger family skips some numbers
    return members, bucket[which], np.bincount(bucket, sizes).astype(int).tolist()


def gather(
    pool: Pool,
    job: Job,
    signed: Receipt,
    source: Receipt,
    rows: Rows,
    text: Text,
    places: NDArray[np.int32],
    buckets: NDArray[np.int32],
) -> Receipt:
    """Write what is compared of a shard's candidates, those of each bucket together."""
    frame, keys = rows(pool, signed)
    order = np.argsort(buckets, kind="stable")
    places, buckets = places[order], buckets[order]
    texts = frame_of(pool.read(source.whole(text.table), text.columns))
    texts = texts.select(pl.col(text.columns[0]).alias("row_id"), text.text.alias("text"))
    mine = frame[places].join(texts, on="row_id", how="left", maintain_order="left")
    packed = pa.py_buffer(np.ascontiguousarray(keys[places], "<u8"))
    width = pa.binary(8 * keys.shape[1])
    column = pa.FixedSizeBinaryArray.from_buffers(width, len(mine), [None, packed])
    table = mine.with_columns(bucket=pl.Series(buckets)).to_arrow().append_column("keys", column)
    ends = [0, *(np.flatnonzero(np.diff(buckets)) + 1).tolist(), len(buckets)]
    parts = [table.slice(a, b - a) for a, b in pairwise(ends)]
    receipt = Receipt(job.stage, job.key, job.label, parents=[signed.key])
    return pool.commit(receipt, {"dedupe_gathered": iter(parts)}, job.recipe)


def rows_in(
    pool: Pool, gathered: Iterable[Receipt], bucket: int
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """The rows of a bucket without their text, and their band keys."""
    frames, keys = [], []
    for table in _parts(pool, gathered, bucket, text=False):
        packed = table["keys"].combine_chunks()
        width = packed.type.byte_width
        numbers, start = len(packed) * width // 8, packed.offset * width
        own = np.frombuffer(packed.buffers()[1], "<u8", numbers, start)
        frames.append(frame_of(table.drop_columns(["keys", "bucket"])))
        keys.append(own.reshape(len(packed), -1))
    return pl.concat(frames), np.concatenate(keys)


def texts_in(pool: Pool, gathered: list[Receipt], bucket: int) -> Texts:
    """Reads the texts of the rows of a bucket."""

    def texts(ids: list[str]) -> Iterator[tuple[list[str], pl.Series]]:
        wanted = pl.Series(ids, dtype=pl.String).implode()
        for table in _parts(pool, gathered, bucket, text=True) if ids else []:
            frame = frame_of(table).filter(pl.col("row_id").is_in(wanted))
            yield frame["row_id"].to_list(), frame["text"]

    return texts


def _parts(pool: Pool, gathered: Iterable[Receipt], bucket: int, text: bool) -> Iterator[pa.Table]:
    for receipt in gathered:
        shard = receipt.whole("dedupe_gathered")
        table = pool.read(shard, ["row_id", "text", "bucket"] if text else None, ("bucket", bucket))
        mine = table.filter(pa.array(table["bucket"].to_numpy() == bucket))
        if mine.num_rows:
            yield mine if text else mine.drop_columns(["text"])
