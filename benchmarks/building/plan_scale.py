"""How planning and the steps that look at everything grow with a pool: seconds and exponents.

    python -m benchmarks.building.plan_scale WORK_DIR [--disk 1000000]

Text is left out. Planning walks simulated receipts, as many as 10^4 to 10^8 traces make: of
`verify`, for a recording in the order of its problems and for one that is shuffled, where every
shard has all problem shards as parents. On disk, up to `--disk` traces, narrow shards are graded, a
recording that changed is compared with what there is, and what the verdicts of a shuffled one look
up is joined; as many problems of random band keys, of which every twentieth has those of another,
are dealt out in buckets for `dedupe`. The exponent is the slope of a line through the logarithms of
the three largest sizes; 1 is linear.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa

from flows.runner.helpers import Helpers
from schemas.identity import digest
from schemas.tables import PROBLEMS as PROBLEMS_TABLE
from schemas.tables import REJECTS, TRACES, VERDICTS
from tasks.dedupe import buckets, near_duplicates
from tasks.pool import lookups
from tasks.pool.build import Build, Runner
from tasks.pool.growth import Prepared, _still_live
from tasks.pool.jobs import Done, Job
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt, Shard
from tasks.steps.dedupe import Dedupe
from tasks.steps.grade import Grade
from tasks.steps.verify import Verify
from tasks.verdicts import grade, grade_ranges

ROWS = 4_166
"""Traces of a shard: 24,000 shards hold 10^8 of about 8 kB."""
PROBLEMS = 50_000
SAMPLES = 8
SIZES = [10**n for n in range(4, 9)]


def simulated(traces: int, shuffled: bool) -> Done:
    """The receipts of a pool with so many traces, whose problems three steps have looked at."""
    problems = [receipt("ingest", n, "problems") for n in range(-(-traces // SAMPLES // PROBLEMS))]
    keys = [one.key for one in problems]
    done = Done(Pool("memory://plan"), "r", {"problems": problems})
    per_shard = [Receipt("screen", f"s{key}", "", aside={key: digest(key)}) for key in keys]
    whole = Receipt("dedupe", "d", "", aside={key: digest(key, 1) for key in keys})
    for step, receipts in (
        ("screen", per_shard),
        ("dedupe", [whole]),
        ("decontaminate", per_shard),
    ):
        done.add(["set_aside"], receipts, decides=step)
    count = -(-traces // ROWS)
    own = [keys if shuffled else [keys[n * len(keys) // count]] for n in range(count)]
    shards = [receipt("generate", n, "traces", parents) for n, parents in enumerate(own)]
    done.add(["traces"], shards)
    return done


def receipt(stage: str, number: int, table: str, parents: list[str] | None = None) -> Receipt:
    """The receipt of a shard that is not there."""
    key = digest(stage, number)[:16]
    shard = Shard(table, f"{table}/{stage}-{key}.parquet", ROWS, 2**25, "")
    return Receipt(stage, key, "", [shard], parents or [])


def on_disk(pool: Pool, traces: int) -> Done:
    """A pool of narrow shards, half of whose traces are right."""
    made, said = [], []
    for first in range(0, traces, ROWS):
        ids = [digest(n)[:32] for n in range(first, min(first + ROWS, traces))]
        problems = [digest("p", n // SAMPLES)[:32] for n in range(first, first + len(ids))]
        own = {"trace_id": ids, "problem_id": problems, "content": ids, "teacher": "t",
               "state": "complete"}  # fmt: skip
        rows = table(own, TRACES)
        key = digest("generate", first)[:16]
        made.append(pool.commit(Receipt("generate", key, ""), {"traces": rows}, "r"))
        right = [("correct", "incorrect")[n % 2] for n in range(len(ids))]
        words = table({"trace_id": ids, "verifier": "v", "version": "1", "verdict": right,
                       "reason": "equal.exact"}, VERDICTS)  # fmt: skip
        counts = {"in": len(ids), "out": len(ids)}
        told = Receipt("verify", key, "", parents=[key], counts=counts)
        said.append(pool.commit(told, {"verdicts": words}, "r"))
    return Done(pool, "r", {"traces": made, "verdicts": said})


def table(columns: Mapping[str, object], schema: pa.Schema) -> pa.Table:
    """Rows of a table; columns that are not given are null."""
    frame = pl.DataFrame(columns).to_arrow()
    rows = frame.num_rows
    whole = [
        frame[field.name].cast(field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(whole, schema=schema)


def walk(done: Done) -> Iterator[Prepared]:
    """The stream of a recording whose last trace is another one now."""
    for one in done.traces:
        yield Prepared(done.pool.read(one.whole("traces"), ["content"]).slice(1), nothing(REJECTS))


def with_problems(done: Done) -> Done:
    """The traces of a pool on disk with their problems, each shard's in all problem shards."""
    pool, count = done.pool, sum(one.whole("traces").rows for one in done.traces) // SAMPLES + 1
    made = []
    for first in range(0, count, PROBLEMS):
        ids = [digest("p", n)[:32] for n in range(first, min(first + PROBLEMS, count))]
        own = {"problem_id": ids, "problem": ids, "content": ids, "source": "s", "answer": ids}
        receipt = Receipt("ingest", digest("ingest", first)[:16], "")
        made.append(pool.commit(receipt, {"problems": table(own, PROBLEMS_TABLE)}, "r"))
    keys = [one.key for one in made]
    traces = [replace(one, parents=keys) for one in done.traces]
    return Done(pool, "r", {"problems": made, "traces": traces})


def looked_up(done: Done) -> None:
    jobs = list(Verify().plan(done))
    lookups.plan(done, "verify", jobs).run(done.pool)


def keyed(bands: int, _: Pool, receipt: Receipt) -> tuple[pl.DataFrame, np.ndarray]:
    """The rows of a signed shard: random band keys, every twentieth row as the one before it."""
    rng = np.random.default_rng(int(receipt.key, 16))
    keys = rng.integers(0, 2**63, (PROBLEMS, bands), np.uint64)
    keys[1::20] = keys[0::20]
    return pl.DataFrame({"sequence": np.ones(PROBLEMS, np.uint64)}), keys


def dealt_out(pool: Pool, rows: int) -> None:
    signed = [receipt("sign", n, "signatures") for n in range(-(-rows // PROBLEMS))]
    rows_of = partial(keyed, near_duplicates.bands(Dedupe()).b)
    given = (signed, rows_of, Dedupe())
    key = digest("dealt", rows)[:16]
    Job("dedupe_candidates", key, "", rows, "r", buckets.candidates, given).run(pool)


def exponent(sizes: list[int], took: list[float]) -> float:
    """The slope through the logarithms of the three largest."""
    x, y = (np.log(np.maximum(values[-3:], 1e-3)) for values in (sizes, took))
    return float(np.polyfit(x, y, 1)[0])


def planned(done: Done) -> None:
    for _ in Verify().plan(done):
        pass


def left(done: Done) -> None:
    _still_live(done.pool, "traces", done.traces, lambda: walk(done))


def graded(done: Done) -> None:
    grade.plan(to_grade(done), "grade", "r").run(done.pool)


def to_grade(done: Done) -> grade.Judged:
    options = Grade()
    return grade.to_grade(done, grade.Bands(options.easy, options.medium))


def spread(done: Done, processes: int) -> None:
    """Grade in jobs over shards and over ranges, in so many processes."""
    helpers = Helpers(processes)
    runner = cast("Runner", Apart(helpers))
    build = Build(Done(done.pool, "r"), runner, Path(), [], [], [])
    grade_ranges.ONE_JOB = 0
    try:
        grade_ranges.all_graded(build, f"spread{processes}", to_grade(done))
    finally:
        helpers.close()


class Apart:
    """The part of a runner that grading needs: jobs, in processes."""

    def __init__(self, helpers: Helpers) -> None:
        self.helpers = helpers

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        run = partial(self.helpers.run, methodcaller("run", pool))
        with ThreadPoolExecutor(self.helpers.count) as threads:
            return list(threads.map(run, jobs))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--disk", type=int, default=10**6)
    asked = parser.parse_args()
    curves: dict[str, tuple[list[int], list[float]]] = {}
    for size in SIZES:
        for name, shuffled in (("plan, in order", False), ("plan, shuffled", True)):
            done = simulated(size, shuffled)
            note(curves, name, size, partial(planned, done))
    for size in (s for s in SIZES if s <= asked.disk):
        done = on_disk(Pool(asked.work / f"pool-{size}"), size)
        note(curves, "grade", size, partial(graded, done))
        for count in (1, 2) if size >= 10**6 else ():
            note(curves, f"grade, processes: {count}", size, partial(spread, done, count))
        note(curves, "what is left of a recording", size, partial(left, done))
        note(curves, "look-ups, shuffled", size, partial(looked_up, with_problems(done)))
        note(curves, "deal out for dedupe", size, partial(dealt_out, done.pool, size))
    for name, (sizes, took) in curves.items():
        print(f"{name}: exponent {exponent(sizes, took):.2f}")


def note(
    curves: dict[str, tuple[list[int], list[float]]],
    name: str,
    size: int,
    work: Callable[[], None],
) -> None:
    """Do the work, and keep and print the CPU seconds that it took, those of processes that have
    ended with it, too.
    """
    began, cpu = time.monotonic(), sum(os.times()[:4])
    work()
    wall, took = time.monotonic() - began, sum(os.times()[:4]) - cpu
    sizes, all_took = curves.setdefault(name, ([], []))
    sizes.append(size)
    all_took.append(took)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = f"{took:.2f} CPU s, {wall:.2f} s, peak so far {peak:,} MB"
    print(f"{name}: {size:,} rows, {told}", flush=True)


if __name__ == "__main__":
    main()
