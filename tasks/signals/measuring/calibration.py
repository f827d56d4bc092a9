"""calibration: whether traces are right as often as they say that they are sure.

Over the traces that state a confidence (the signal `confidence`) and are decided. Brier score: the
mean squared distance of confidence and outcome (G. Brier, Monthly Weather Review 78 (1950) 1).
Expected calibration error: the distance of mean confidence and share of right ones in ten bins of
confidence, weighted by their sizes (C. Guo et al., arXiv 1706.04599).
"""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from schemas.identity import digest
from schemas.tables import ID, field
from schemas.vocabulary import Verdict
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.signals.measuring.shard import STAMPS
from tasks.verdicts.labels import judged, people, published_of

VERSION = "1"

SIGNAL = "confidence"

BINS = 10
"""Bins of confidence; Guo et al. take 15 for thousands of samples, others mostly 10."""

FIGURES = ("stated", "confidence", "right", "brier", "ece")


def struct() -> pa.StructType:
    """What a problem's column holds."""
    return pa.struct([("stated", pa.int32()), *((name, pa.float64()) for name in FIGURES[1:])])


def schema_of(name: str) -> pa.Schema:
    """Its table: a row per problem with a decided trace that states a confidence."""
    told = (
        "decided traces that state a confidence; its mean; the share of them that is right; their "
        "Brier score and expected calibration error, both 0 (always right about itself) to 1"
    )
    return pa.schema(
        [field("problem_id", ID, "the problem", False), field(name, struct(), told, False)]
    )


def calibration(said: pl.DataFrame, by: str) -> pl.DataFrame:
    """`by` and FIGURES of what traces said (`by`, `confidence`, `right`), by `by`. Pure.

    confidence: 0 to 1; right: whether the trace is
    """
    confidence, right = pl.col("confidence").cast(pl.Float64), pl.col("right").cast(pl.Float64)
    # In hundredths: 0.7 as a float lies below seven tenths. In order: sums of floats depend on it.
    place = ((confidence * 100).round().cast(pl.Int32) // (100 // BINS)).clip(0, BINS - 1)
    rows = said.select(by, confidence=confidence, right=right, place=place).sort(pl.all())
    bins = rows.group_by(by, "place", maintain_order=True).agg(
        stated=pl.len().cast(pl.Int32),
        confidence=pl.col("confidence").sum(),
        right=pl.col("right").sum(),
        brier=((pl.col("confidence") - pl.col("right")) ** 2).sum(),
    )
    apart = (pl.col("confidence") - pl.col("right")).abs().alias("ece")
    sums = bins.with_columns(apart).group_by(by, maintain_order=True).agg(pl.col(FIGURES).sum())
    return sums.with_columns(pl.col(FIGURES[1:]) / pl.col("stated"))


def plan(done: Done, stage: str) -> Iterator[Job]:
    """One job, which reads the signals and verdicts of every drawn shard once."""
    made = {receipt.stage for receipt in done.of("lineage")}  # derived traces were not drawn
    measured = {
        receipt.parents[0]: receipt
        for receipt in done.of("signals")
        if SIGNAL in receipt.facts.get(STAMPS, {})
    }
    human = people(done)
    shards = [
        (traces, measured[traces.key], [*said, *human])
        for traces, said in judged(done)
        if traces.stage not in made and traces.key in measured
    ]
    read = [receipt.key for _, own, said in shards for receipt in (own, *said)]
    key = digest(stage, VERSION, read)[:16]
    rows = sum(traces.whole("traces").rows for traces, _, _ in shards)
    yield Job(stage, key, "all problems", rows, done.recipe, measure, (stage, shards))


def measure(
    pool: Pool, job: Job, name: str, shards: list[tuple[Receipt, Receipt, list[Receipt]]]
) -> Receipt:
    """Compare what traces say of themselves with their labels, per problem.

    shards: the receipts of traces, of their signals, and of their verdicts
    """
    columns: dict[str, Any] = {
        "problem_id": pl.String,
        "confidence": pl.Float64,
        "right": pl.Boolean,
    }
    found = [pl.DataFrame(schema=columns)]
    rows = stated = 0
    for traces, own, said in shards:
        signals = frame_of(pool.read(own.whole("signals"), ["trace_id", SIGNAL]))
        signals = signals.filter(pl.col(SIGNAL).is_not_null())
        rows += traces.whole("traces").rows
        stated += len(signals)
        if not len(signals):
            continue
        ids = frame_of(pool.read(traces.whole("traces"), ["trace_id", "problem_id"]))
        labels = published_of(pool, said).filter(pl.col("verdict") != Verdict.UNDECIDED)
        known = signals.join(ids, on="trace_id").join(labels, on="trace_id")
        right = pl.col("verdict") == Verdict.CORRECT
        found.append(
            known.select("problem_id", confidence=pl.col(SIGNAL).cast(pl.Float64), right=right)
        )
    decided = pl.concat(found)
    whole = calibration(decided, "problem_id")
    counts = {
        "in": rows,
        "out": len(decided),
        "aside.no_confidence": rows - stated,
        "aside.undecided": stated - len(decided),
        "problems": len(whole),
    }
    column = whole.select("problem_id", pl.struct(FIGURES).alias(name))
    parents = [own.key for _, own, _ in shards]
    receipt = Receipt(job.stage, job.key, "all", [], parents, counts)
    return pool.commit_rows(receipt, {name: column.to_arrow().cast(schema_of(name))}, job.recipe)
