"""Two processes on two CPUs: longcot's own pool, and math-verify in one of Python's.

Both are given all pairs at once. math-verify stops at a wall-clock deadline of its own, which a
signal rings in each process's main thread; longcot's pool kills a worker that is late.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import psutil

from benchmarks.verify.graders import GRADERS, Grader
from benchmarks.verify.pairs import ROOT, pairs

CPUS = 2
CHUNK = 50
"""Pairs that a process is handed at a time: a message each would cost the peer more."""

Rows = list[dict[str, Any]]


@cache
def grader(name: str) -> Grader:
    return GRADERS[name]()


def graded(name: str, row: dict[str, Any]) -> bool:
    """The word of a grader; one that raises has not accepted."""
    try:
        return grader(name)(row["gold"], row["response"])
    except Exception:
        return False


def by_pool() -> tuple[AbstractContextManager[Any], Callable[[Rows], list[bool]]]:
    from verifiers import Pool, Problem

    pool = Pool(CPUS)

    def judge(rows: Rows) -> list[bool]:
        items = [(Problem("", "", row["gold"]), row["response"]) for row in rows]
        return [word.verdict == "correct" for word in pool.map("verify", items)]

    return pool, judge


def by_processes() -> tuple[AbstractContextManager[Any], Callable[[Rows], list[bool]]]:
    pool = ProcessPoolExecutor(CPUS)

    def judge(rows: Rows) -> list[bool]:
        return list(pool.map(graded, ["math-verify"] * len(rows), rows, chunksize=CHUNK))

    return pool, judge


SIDES = {"longcot": by_pool, "math-verify": by_processes}


def cpu() -> float:
    """CPU seconds of this process and all below it, those that have ended too."""
    own = psutil.Process()
    return sum(sum(one.cpu_times()[:4]) for one in [own, *own.children(recursive=True)])


def run(name: str) -> None:
    """Judge all pairs in this process's workers; print seconds and agreement."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CPUS]))
    rows = pairs()
    random.Random(1).shuffle(rows)  # hard ones come in bunches
    pool, judge = SIDES[name]()
    spare = [{"gold": "\\frac{1}{2}x", "response": "\\boxed{x/2}"}] * CHUNK * CPUS * 4
    with pool:
        judge(spare)  # all are up, and have imported what they need
        began, used = time.perf_counter(), cpu()
        said = judge(rows)
        seconds, used = time.perf_counter() - began, cpu() - used
    right = sum(word == row["expected"] for word, row in zip(said, rows, strict=True))
    print(json.dumps({"pairs": len(rows), "seconds": seconds, "cpu": used,
                      "agree": right / len(rows)}))  # fmt: skip


def contest(repeats: int) -> None:
    """Both sides in turn; the ratios of the runs that stood side by side."""
    print(f"\n{CPUS} processes on {CPUS} CPUs, once all have imported what they need:")
    ratios = []
    for _ in range(repeats):
        found = {}
        for name in SIDES:
            command = [sys.executable, "-m", "benchmarks.verify", "--many", name]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            row = found[name] = json.loads(done.stdout.splitlines()[-1])
            print(f"{name:16} {row['agree']:7.4f} of {row['pairs']:,} {row['seconds']:8.2f} s "
                  f"{row['cpu']:8.2f} CPU s", flush=True)  # fmt: skip
        own, peer = found["longcot"], found["math-verify"]
        assert own["pairs"] == peer["pairs"]
        ratios.append((peer["seconds"] / own["seconds"], peer["cpu"] / own["cpu"]))
    wall, cost = (sorted(one) for one in zip(*ratios, strict=True))
    print(f"longcot beside math-verify, {CPUS} processes each: {wall[0]:.1f} to {wall[-1]:.1f}"
          f" times as fast, 1/{cost[0]:.1f} to 1/{cost[-1]:.1f} of the CPU")  # fmt: skip
