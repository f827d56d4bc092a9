"""Judging again: a new version of the verifiers over traces that a pool holds, without a model.

    python benchmarks/judging/rejudge.py [--traces 100000] [--workers 2]

Fills a pool with made problems and traces (a few hundred characters each; numbers, fractions,
expressions, pairs), verifies them as a build does, raises the
verifiers' version and verifies again: the jobs alone, a receipt and a shard of verdicts each. Then
it names the labels that changed, as the report does. Prints traces per second and, from that, the
hours of a million.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

import verifiers
from schemas.identity import digest, problem_id, trace_id
from schemas.tables import PROBLEMS, TRACES
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Receipt
from tasks.reports.alarms.changed_labels import changed_labels
from tasks.steps.verify import Verify
from tasks.verdicts import verifier_pool

SHARD = 10_000
"""Traces to a shard."""
SAMPLES = 10
GOLDS = ("{}", "\\frac{{{}}}{{7}}", "x^2+{}x", "({}, 5)")
THOUGHT = "We write the equation, collect the terms and check the result twice. " * 6


def fill(pool: Pool, traces: int) -> Done:
    """A pool of problems with `SAMPLES` traces each; one in nine is wrong."""
    done = Done(pool, "benchmark")
    for start in range(0, traces, SHARD):
        problems, rows = [], []
        for number in range(start // SAMPLES, min(start + SHARD, traces) // SAMPLES):
            text, gold = f"Problem {number}", GOLDS[number % len(GOLDS)]
            row = {"problem_id": problem_id(text), "problem": text, "source": "made",
                   "answer": gold.format(number % 97), "answer_kind": "math"}  # fmt: skip
            problems.append({**row, "content": digest(row)})
            for sample in range(SAMPLES):
                said = gold.format(number % 97 + (sample == 8))
                response = f"{THOUGHT}So sample {sample} gives \\boxed{{{said}}}."
                name = trace_id(row["problem_id"], "t", None, None, None, response)
                one = {"trace_id": name, "problem_id": row["problem_id"], "teacher": "t",
                       "response": response, "state": "complete", "dialect": "think"}  # fmt: skip
                rows.append({**one, "content": digest(name)})
        source = _put(pool, "ingest", "problems", pa.Table.from_pylist(problems, PROBLEMS), [])
        done.add(["problems"], [*done.problems, source])
        table = pa.Table.from_pylist(rows, TRACES)
        done.add(["traces"], [*done.traces, _put(pool, "generate", "traces", table, [source.key])])
    return done


def _put(pool: Pool, stage: str, name: str, table: pa.Table, parents: list[str]) -> Receipt:
    key = digest(stage, table.column(0).to_pylist())[:16]
    return pool.commit(Receipt(stage, key, stage, parents=parents), {name: table}, "benchmark")


def judged(done: Done, workers: int) -> tuple[list[Receipt], float]:
    """The receipts of verifying everything, and the seconds."""
    jobs = list(Verify().plan(done))
    started = time.perf_counter()
    with ThreadPoolExecutor(workers) as threads:
        receipts = list(threads.map(lambda job: job.run(done.pool), jobs))
    return receipts, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, verifier_pool.session():
        done = fill(Pool(Path(folder)), told.traces)
        before, _ = judged(done, told.workers)
        verifiers.VERSION += "+1"
        now, seconds = judged(done, told.workers)
        assert not {receipt.key for receipt in before} & {receipt.key for receipt in now}
        rate = told.traces / seconds
        print(f"{told.traces:,} traces judged again in {seconds:.1f} s: {rate:,.0f} a second, "
              f"{1e6 / rate / 3600:.2f} hours for 1,000,000")  # fmt: skip
        started = time.perf_counter()
        shards = [[r.whole("verdicts") for r in state] for state in (before, now)]
        changed = changed_labels(done.pool, *shards)
        spent = time.perf_counter() - started
        print(
            f"labels that changed: {sum(row['traces'] for row in changed)}, found in {spent:.1f} s"
        )


if __name__ == "__main__":
    main()
