"""grade: how hard a problem is for a solver, from how often its samples are right.

Counts come first and every figure follows from them, so that a grade can be checked by hand.
Undecided samples are no evidence either way and leave the denominator; unfinished ones (cut, never
closed, empty) are failures. A score is the verdict's share of tests or parts that hold, else 1 for
correct and 0 for incorrect; its mean and coefficient of variation are those of the decided samples.
Wilson: E. B. Wilson, JASA 22 (1927) 209. Unbiased pass@k: M. Chen et
al., arXiv 2107.03374, section 2.1. Coefficient of variation as DeepDistill uses it: arXiv
2504.17565.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import comb, sqrt
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from schemas.identity import digest
from schemas.tables import EVERYONE, GRADES
from schemas.vocabulary import State, Verdict
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.parquet import nothing
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.labels import judged, people, published_of

VERSION = "2"

Z = 1.959963984540054  # two-sided 95 %

BUCKET_ROWS = 250_000
"""Traces whose counts are held at once; more traces are graded in more buckets of problems."""

READ_AHEAD = 32
"""Shards whose narrow columns are read side by side."""

SAMPLES = "samples"


class Bands(NamedTuple):
    """Pass rates from which a problem is easy, and medium."""

    easy: float
    medium: float


COUNTS = ("n", "correct", "undecided", "unfinished")


def grade(samples: pl.DataFrame, options: Bands) -> pl.DataFrame:
    """Grades per problem and solver from samples (problem_id, teacher, state, verdict, score).

    `solver` is each teacher's name and `all` for every teacher together.
    """
    per_teacher = tally(samples, pl.col("teacher"))
    return figures(pl.concat([per_teacher, tally(samples, pl.lit(EVERYONE))]), options).sort(
        "problem_id", "solver"
    )


def tally(samples: pl.DataFrame, solver: pl.Expr) -> pl.DataFrame:
    """Counts per problem and solver, and the mean and spread of the scores."""
    verdict = pl.col("verdict")
    plain = (verdict == Verdict.CORRECT).cast(pl.Float64)
    # In order of size: a sum of shares depends on the order of its terms.
    scores = pl.coalesce(pl.col("score").cast(pl.Float64), plain)
    scores = scores.filter(verdict != Verdict.UNDECIDED).sort()
    unfinished = pl.col("state").is_in(
        [State.TRUNCATED, State.REPETITION, State.UNCLOSED, State.EMPTY]
    )
    return samples.group_by("problem_id", solver.alias("solver")).agg(
        n=pl.len().cast(pl.Int32),
        correct=(verdict == Verdict.CORRECT).sum().cast(pl.Int32),
        undecided=(verdict == Verdict.UNDECIDED).sum().cast(pl.Int32),
        unfinished=unfinished.sum().cast(pl.Int32),
        mean_score=scores.mean(),
        cv=pl.when(scores.mean() > 0).then(scores.std(ddof=0) / scores.mean()),
    )


def figures(counts: pl.DataFrame, options: Bands) -> pl.DataFrame:
    """Everything that follows from the counts; computed once per distinct (decided, correct)."""
    decided = (pl.col("n") - pl.col("undecided")).alias("decided")
    cases = counts.select(decided, "correct").unique()
    rows = [figure(n, c, options) for n, c in cases.iter_rows()]
    struct = pl.List(pl.Struct({"k": pl.Int32, "estimate": pl.Float64}))
    schema: dict[str, Any] = {
        "decided": pl.Int32,
        "correct": pl.Int32,
        **dict.fromkeys(["pass_rate", "low", "high"], pl.Float64),
        "pass_at_k": struct,
        "difficulty": pl.String,
    }
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return counts.with_columns(decided).join(table, on=["decided", "correct"]).drop("decided")


def figure(n: int, correct: int, options: Bands) -> tuple[object, ...]:
    """(n, correct, pass rate, low, high, pass@k, difficulty) for one case."""
    if n == 0:
        return (n, correct, None, None, None, [], None)
    rate = correct / n
    ks = [k for k in (2**i for i in range(n.bit_length())) if k <= n]
    at_k = [{"k": k, "estimate": pass_at_k(n, correct, k)} for k in ks]
    band = (
        "easy"
        if rate >= options.easy
        else "medium"
        if rate >= options.medium
        else "hard"
        if correct
        else "unsolved"
    )
    return (n, correct, rate, *wilson(n, correct), at_k, band)


def wilson(n: int, correct: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a rate; inside [0, 1] and never empty.

    >>> [round(end, 3) for end in wilson(10, 10)]
    [0.722, 1.0]
    """
    rate, z2 = correct / n, Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    # At the ends the two terms cancel in theory; in floats they leave 1e-17.
    return (0.0 if correct == 0 else middle - half, 1.0 if correct == n else middle + half)


def pass_at_k(n: int, correct: int, k: int) -> float:
    """Probability that one of k samples drawn from these n (without replacement) is right."""
    return 1.0 - comb(n - correct, k) / comb(n, k)


class Judged(NamedTuple):
    """What is graded, and how.

    pairs: the trace shards that were judged, each with the receipts of its verdicts
    rows: how many samples these have
    inputs: the keys of all that is read
    """

    options: Bands
    pairs: list[tuple[Receipt, list[Receipt]]]
    rows: int
    inputs: list[str]

    @property
    def buckets(self) -> int:
        """Into how many ranges of problem ids the samples are cut."""
        return 1 << max(0, -(-self.rows // BUCKET_ROWS) - 1).bit_length()


def to_grade(done: Done, options: Bands, derived: bool = False) -> Judged:
    """What there is to grade.

    derived: whether traces that a step derived from others count, too
    """
    made = set() if derived else {receipt.stage for receipt in done.of("lineage")}
    shards = [(traces, of) for traces, of in judged(done) if traces.stage not in made]
    human = people(done)
    rows = sum(of[0].counts["out"] for _, of in shards)
    later = [receipt for _, of in shards for receipt in of[1:]]
    inputs = [receipt.key for receipt in (*(of[0] for _, of in shards), *later, *human)]
    pairs = [(traces, [*of, *human]) for traces, of in shards]
    how = Bands(easy=options.easy, medium=options.medium)
    return Judged(how, pairs, rows, inputs)


def plan(what: Judged, stage: str, recipe: str) -> Job:
    """One job, which reads every shard once and grades a bucket of problems after the other."""
    given = (what.options, what.pairs, what.buckets)
    return Job(stage, key_of(what, stage), "all problems", what.rows, recipe, grade_all, given)


def key_of(what: Judged, stage: str) -> str:
    """The key of the table of grades."""
    # What fits one bucket keeps the key of when each bucket was a job of its own.
    which: tuple[object, ...] = (0, 1) if what.buckets == 1 else ("every bucket", what.buckets)
    return digest(stage, VERSION, what.options._asdict(), what.inputs, *which)[:16]


def grade_all(
    pool: Pool,
    job: Job,
    options: Bands,
    pairs: list[tuple[Receipt, list[Receipt]]],
    buckets: int,
) -> Receipt:
    """Grade all problems. `pairs`: trace shards, each with its verdicts'."""
    receipt = Receipt(job.stage, job.key, "all", counts={"in": 0, "out": 0})
    found = graded(sample_frames(pool, pairs), options, buckets, receipt.counts)
    tables = (rows for _, rows in found)
    return pool.commit(receipt, {"grades": or_nothing(tables, GRADES)}, job.recipe)


def graded(
    samples: Iterable[pl.DataFrame], options: Bands, buckets: int, counts: dict[str, int]
) -> Iterator[tuple[int, pa.Table]]:
    """The grades of each bucket that has samples, in order; `counts` is added up.

    A bucket is a range of problem ids, so that the table is sorted by problem as one bucket is.
    """
    with SpillFile() as waiting:
        filled: set[int] = set()
        for frame in samples:
            counts["in"] += len(frame)
            for bucket, rows in in_ranges(frame, buckets):
                waiting.add(bucket, SAMPLES, rows)
                filled.add(bucket)
        for bucket in sorted(filled):
            rows = grade(waiting.take(bucket, SAMPLES), options)
            counts["out"] += len(rows)
            yield bucket, rows.select(GRADES.names).to_arrow().cast(GRADES)


def in_ranges(samples: pl.DataFrame, count: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The samples of each of so many ranges of problem ids, by the number of the range."""
    prefix = pl.col("problem_id").str.slice(0, 6).str.to_integer(base=16)
    parts = samples.with_columns(range=prefix * count // 2**24)
    for (number,), rows in parts.partition_by("range", include_key=False, as_dict=True).items():
        yield number, rows


def or_nothing(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """The tables, or where there are none one without a row."""
    yield next(tables, nothing(schema))
    yield from tables


def sample_frames(pool: Pool, pairs: list[tuple[Receipt, list[Receipt]]]) -> Iterator[pl.DataFrame]:
    """The judged samples of all shards, in frames of about BUCKET_ROWS; a few shards are read at
    once.
    """
    waiting: list[pl.DataFrame] = []
    with ThreadPoolExecutor(os.cpu_count() or 2) as readers:
        for at in range(0, len(pairs), READ_AHEAD):
            some = pairs[at : at + READ_AHEAD]
            for own in readers.map(lambda pair: samples_of(pool, *pair), some):
                waiting.append(own)
                if sum(map(len, waiting)) >= BUCKET_ROWS:
                    yield pl.concat(waiting)
                    waiting = []
    if waiting:
        yield pl.concat(waiting)


def samples_of(pool: Pool, traces: Receipt, verdicts: list[Receipt]) -> pl.DataFrame:
    """The judged samples of one shard."""
    columns = ["trace_id", "problem_id", "teacher", "state"]
    own = frame_of(pool.read(traces.whole("traces"), columns))
    return own.join(published_of(pool, verdicts), on="trace_id", how="inner").drop("trace_id")
