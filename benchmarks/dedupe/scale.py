"""How far: the time and memory of the whole step at growing numbers of problems."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from os import times
from pathlib import Path

import polars as pl

from benchmarks.dedupe.alone import peak_kb
from benchmarks.dedupe.signers import by_longcot
from benchmarks.dedupe.texts import corpus
from schemas.identity import digest
from schemas.tables import PROBLEMS
from tasks.dedupe import problems as dedupe
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Receipt
from tasks.steps.dedupe import Dedupe


def scale(folder: Path, sizes: list[int]) -> None:
    results = []
    for size in sizes:
        command = [
            sys.executable,
            "-m",
            "benchmarks.dedupe",
            "step",
            str(folder / str(size)),
            str(size),
        ]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
        print(json.dumps(results[-1]), flush=True)
    first, last = results[0], results[-1]
    ratio = (last["cpu"] / last["rows"]) / (first["cpu"] / first["rows"])
    print(f"{last['rows']:,} against {first['rows']:,}: {ratio:.2f} times the CPU time per row")
    assert last["peak_gb"] < 6
    assert last["duplicates"] / last["rows"] > 0.9 * first["duplicates"] / first["rows"]


def step(folder: Path, rows: int) -> None:
    """The whole step over a pool of `rows` problems of 60 words, two shards at a time."""
    done = Done(Pool(folder), "benchmark")
    for start in range(0, rows, 100_000):
        texts = corpus(min(100_000, rows - start), 60, start)
        ids = [digest("problem", start, k) for k in range(len(texts))]
        empty = {n: pl.lit(None, pl.String) for n in PROBLEMS.names}
        frame = pl.DataFrame({"problem_id": ids, "problem": texts})
        whole = frame.with_columns(
            **{**empty, "source": pl.lit("s"), "content": pl.lit("c")}
            | {"problem_id": "problem_id", "problem": "problem"}
        ).select(PROBLEMS.names)
        receipt = Receipt("ingest", digest(start)[:16], "s")
        table = whole.to_arrow().cast(PROBLEMS)
        done.tables.setdefault("problems", []).append(
            done.pool.commit(receipt, {"problems": table}, "benchmark")
        )
    options = Dedupe(mode="text")
    by_longcot(pl.Series(["compile it"]))
    began, used = time.perf_counter(), times()
    with ThreadPoolExecutor(2) as pool:
        signing = dedupe.plan_signatures(done, options, options.mode)
        done.tables["signatures"] = list(pool.map(lambda job: job.run(done.pool), signing))
    signed = time.perf_counter()
    (job,) = dedupe.plan(
        done, "dedupe", options.options(), options, options.mode, done.of("signatures"), ["s"]
    )
    receipt = job.run(done.pool)
    now, cpu = time.perf_counter(), times()
    print(
        json.dumps(
            {
                "rows": rows,
                "seconds": round(now - began, 1),
                "sign": round(signed - began, 1),
                "compare": round(now - signed, 1),
                "cpu": round(cpu.user + cpu.system - used.user - used.system, 1),
                "peak_gb": round(peak_kb() / 2**20, 2),
                "duplicates": receipt.counts["aside.duplicate"],
                "checked": receipt.counts["pairs checked"],
            }
        )
    )
