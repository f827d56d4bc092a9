"""Agreement and speed of answer verification, beside other graders on the same pairs.

    python -m benchmarks.verify [--repeats 3]

With LONGCOT_REAL_DATA the pairs are the labelled ones in `verify/` beside it (agreement on the core
pairs that are not hostile, speed on the MATH-500 ones); without, rewritten and altered gold answers
of the shipped problems. Every run is a process of its own on one CPU, with empty caches and imports
done; the medians are compared. Peers that are not installed (pip install math-verify mathruler
inspect-ai lm-eval) are named and skipped; a peer's three runs may differ where it
has wall-clock deadlines, and the medians are printed. Then math-verify and longcot with two
processes each on two CPUs (`many`), and the whole pool on one and on two CPUs, with long responses,
some of 1 MB. Absolute figures depend on the machine, the ratios hardly.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from statistics import median
from typing import Any

from benchmarks.verify import many
from benchmarks.verify.graders import GRADERS
from benchmarks.verify.pairs import ROOT, pairs

FASTER = 10
"""Times that a peer may be slower before this benchmark is content (math-verify alone)."""


def run(name: str) -> None:
    """Grade all pairs in this process and print what came out."""
    rows = pairs()
    grade = GRADERS[name]()
    grade("\\frac{1}{2}x", "\\boxed{x/2}")  # everything lazy is loaded
    grade("5 furlongs", "\\boxed{1 mile}")
    said = {True: 0, False: 0}
    accepted = agreed = 0
    seconds = {"math500": 0.0, "other": 0.0}
    counted = {"math500": 0, "other": 0}
    for row in rows:
        part = "math500" if row["part"] == "math500" else "other"
        started = time.perf_counter()
        try:
            word = grade(row["gold"], row["response"])
        except Exception:  # a peer that raises has not accepted
            word = False
        seconds[part] += time.perf_counter() - started
        counted[part] += 1
        said[word] += 1
        agreed += word == row["expected"]
        accepted += word and not row["expected"]
    assert sum(said.values()) == len(rows)
    print(json.dumps({"pairs": len(rows), "agree": agreed / len(rows), "accepted": accepted,
                      "rate": counted["math500"] / seconds["math500"],
                      "all": len(rows) / sum(seconds.values())}))  # fmt: skip


def measure(name: str, repeats: int) -> list[dict[str, Any]] | str:
    """The figures of each run of a grader, or why there are none."""
    found = []
    for _ in range(repeats):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.verify", "--run", name],
            capture_output=True, text=True, check=False, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=one_cpu,
        )  # fmt: skip
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["failed"])[-1]
        found.append(json.loads(done.stdout.splitlines()[-1]))
    assert len({row["pairs"] for row in found}) == 1
    # A peer that stops at a wall-clock deadline may say something else in the next run.
    assert name != "longcot" or len({row["agree"] for row in found}) == 1, "the runs disagree"
    return found


def one_cpu() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def run_pool(cpus: int) -> None:
    """Judge everything with as many workers as CPUs, on that many; print the rate and a digest."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cpus]))
    from verifiers import Pool, Problem

    draw = random.Random(1)
    filler = "Let us check this once more, step by step, with $x = 3$ and so on. "
    items = [
        (Problem("", "", row["gold"]), filler * draw.choice([15, 150, 600]) + row["response"])
        for row in pairs()
    ]
    items += [(problem, filler * 15_000 + text) for problem, text in items[:60]]  # 1 MB each
    draw.shuffle(items)
    with Pool(cpus) as pool:
        pool.map(
            "verify", [(Problem("", "", "1"), r"\boxed{\int_0^1 2x\,dx}")] * 4 * cpus
        )  # all up
        started = time.perf_counter()
        said = [str(word.verdict) for word in pool.map("verify", items)]
        seconds = time.perf_counter() - started
    assert said.count("correct") > len(said) // 4
    print(json.dumps({"rate": len(items) / seconds, "said": said}))


def pool_rates(repeats: int) -> dict[int, float]:
    """Items a second of the whole pool on one and on two CPUs; all must say the same."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    said = []
    for _ in range(repeats):
        for cpus, found in rates.items():
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.verify", "--pool", str(cpus)],
                capture_output=True, text=True, check=True, cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            row = json.loads(done.stdout.splitlines()[-1])
            found.append(row["rate"])
            said.append(row["said"])
    assert all(verdicts == said[0] for verdicts in said), "verdicts depend on the workers"
    return {cpus: median(found) for cpus, found in rates.items()}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--graders", nargs="+", choices=GRADERS, default=list(GRADERS))
    parser.add_argument("--run", choices=GRADERS, help=argparse.SUPPRESS)
    parser.add_argument("--pool", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--many", choices=many.SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.many:
        many.run(options.many)
        return
    if options.pool:
        run_pool(options.pool)
        return
    if options.run:
        run(options.run)
        return
    print(f"{'grader':16} {'agree':>7} {'wrong accepts':>14} {'MATH pairs/s':>13}"
          f" {'all pairs/s':>12}"
          f" {'times':>7}")  # fmt: skip
    rates: dict[str, float] = {}
    for name in options.graders:
        found = measure(name, options.repeats)
        if isinstance(found, str):
            print(f"{name:16} skipped: {found[:100]}")
            continue
        rates[name] = median(row["rate"] for row in found)
        agree, accepted = (median(row[key] for row in found) for key in ("agree", "accepted"))
        print(f"{name:16} {agree:7.4f} {accepted:14.0f} {rates[name]:13,.0f}"
              f" {median(row['all'] for row in found):12,.0f}"
              f" {rates['longcot'] / rates[name]:7.1f}", flush=True)  # fmt: skip
    if "math-verify" in rates:
        many.contest(options.repeats)
    pool = pool_rates(options.repeats)
    print(f"\nwhole pool, responses of 1 kB to 1 MB: {pool[1]:,.0f}/s on one CPU, {pool[2]:,.0f}/s"
          f" on two: {pool[2] / pool[1]:.2f} times")  # fmt: skip
    if "math-verify" in rates:
        assert rates["longcot"] >= FASTER * rates["math-verify"], "not ten times math-verify"


if __name__ == "__main__":
    main()
