"""grade_ranges: the grades of more traces than one job should read, in jobs side by side.

    samples   a job per group of trace shards: their judged samples, range by range of problem ids
    ranges    a job per range of problem ids: its grades
    grade     one job: the table, to the bytes that one job alone makes of it

The ranges are whole buckets of tasks/verdicts/grade.py. There are SIDE of them at most, and twice
as many groups: each range reads of each group, and more of both would mean ever smaller pieces.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from schemas.identity import digest
from schemas.tables import GRADES
from tasks.pool.jobs import Job, frame_of
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.grade import (
    SAMPLES,
    Bands,
    Judged,
    graded,
    in_ranges,
    key_of,
    or_nothing,
    plan,
    sample_frames,
)

if TYPE_CHECKING:
    from tasks.pool.build import Build

ONE_JOB = 10_000_000
"""Traces that one job grades, in well under a minute: dealing them out costs half as much again."""

SIDE = 64
"""Ranges at most, and the trace shards of a group at least."""

DEALT = pa.schema(
    [
        *((name, pa.string()) for name in ("problem_id", "teacher", "state", "verdict")),
        ("score", pa.float32()),
        ("range", pa.int32()),
    ]
)
"""Judged samples, those of each range together."""

BY_BUCKET = GRADES.append(pa.field("bucket", pa.int32()))
"""Grades, those of each bucket together."""


def all_graded(build: "Build", stage: str, what: Judged) -> Receipt:
    """The receipt of the table of grades."""
    recipe = build.done.recipe
    if what.rows <= ONE_JOB:
        (receipt,) = build.jobs(stage, [plan(what, stage, recipe)], ["grades"])
        return receipt
    ranges = min(what.buckets, SIDE)
    dealt = build.jobs(f"{stage}_samples", dealing(what, stage, recipe, ranges), [])
    parts = build.jobs(f"{stage}_ranges", grading(what, stage, recipe, dealt, ranges), [])
    key, rows = key_of(what, stage), sum(part.counts["out"] for part in parts)
    joining = Job(stage, key, "all problems", rows, recipe, join, (parts,))
    (receipt,) = build.jobs(stage, [joining], ["grades"])
    return receipt


def dealing(what: Judged, stage: str, recipe: str, ranges: int) -> Iterator[Job]:
    """A job per group of trace shards."""
    size = SIDE
    while size * 2 * SIDE < len(what.pairs):  # by the double: a group keeps its shards for long
        size *= 2
    for first in range(0, len(what.pairs), size):
        pairs = what.pairs[first : first + size]
        read = [[traces.key, *(receipt.key for receipt in of)] for traces, of in pairs]
        key = digest(f"{stage}_samples", ranges, read)[:16]
        rows = sum(of[0].counts["out"] for _, of in pairs)
        label = f"{len(pairs)} shards from {first}"
        yield Job(f"{stage}_samples", key, label, rows, recipe, deal, (pairs, ranges))


def deal(pool: Pool, job: Job, pairs: list[tuple[Receipt, list[Receipt]]], ranges: int) -> Receipt:
    """Write the judged samples of some shards, range by range."""
    receipt = Receipt(job.stage, job.key, job.label, counts={"in": 0, "out": 0})

    def dealt() -> Iterator[pa.Table]:
        with SpillFile() as waiting:
            filled: set[int] = set()
            for samples in sample_frames(pool, pairs):
                receipt.counts["in"] += len(samples)
                for number, rows in in_ranges(samples, ranges):
                    waiting.add(number, SAMPLES, rows)
                    filled.add(number)
            for number in sorted(filled):
                rows = waiting.take(number, SAMPLES)
                receipt.counts["out"] += len(rows)
                numbered = rows.with_columns(range=pl.lit(number, pl.Int32))
                yield numbered.select(DEALT.names).to_arrow().cast(DEALT)

    return pool.commit(receipt, {"grade_samples": or_nothing(dealt(), DEALT)}, job.recipe)


def grading(
    what: Judged, stage: str, recipe: str, dealt: list[Receipt], ranges: int
) -> Iterator[Job]:
    """A job per range of problem ids."""
    rows, whole = -(-what.rows // ranges), key_of(what, stage)
    for number in range(ranges):
        key = digest(whole, [receipt.key for receipt in dealt], number)[:16]
        given = (dealt, what.options, what.buckets, number)
        label = f"range {number}"
        yield Job(f"{stage}_ranges", key, label, rows, recipe, grade_range, given)


def grade_range(
    pool: Pool, job: Job, dealt: list[Receipt], options: Bands, buckets: int, number: int
) -> Receipt:
    """Grade the problems of a range, bucket by bucket."""
    receipt = Receipt(job.stage, job.key, job.label, counts={"in": 0, "out": 0})
    receipt.facts["buckets"] = filled = []

    def parts() -> Iterator[pa.Table]:
        samples = (samples_in(pool, one, number) for one in dealt)
        for bucket, rows in graded(samples, options, buckets, receipt.counts):
            filled.append(bucket)
            yield rows.append_column("bucket", pa.repeat(pa.scalar(bucket, pa.int32()), len(rows)))

    return pool.commit(receipt, {"grades_by_bucket": or_nothing(parts(), BY_BUCKET)}, job.recipe)


def samples_in(pool: Pool, dealt: Receipt, number: int) -> pl.DataFrame:
    """The samples of a group that are in a range."""
    rows = frame_of(pool.read(dealt.whole("grade_samples"), holds=("range", number)))
    return rows.filter(pl.col("range") == number).drop("range")


def join(pool: Pool, job: Job, parts: list[Receipt]) -> Receipt:
    """Write the grades of all ranges as one table."""
    counts = {name: sum(part.counts[name] for part in parts) for name in ("in", "out")}
    receipt = Receipt(job.stage, job.key, "all", counts=counts)

    def tables() -> Iterator[pa.Table]:
        for part in parts:
            shard = part.whole("grades_by_bucket")
            for bucket in part.facts["buckets"]:
                yield pool.read(shard, GRADES.names, holds=("bucket", bucket)).cast(GRADES)

    return pool.commit(receipt, {"grades": or_nothing(tables(), GRADES)}, job.recipe)
