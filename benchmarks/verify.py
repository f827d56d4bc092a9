"""Agreement and speed of answer verification, beside other graders on the same pairs.

    python benchmarks/verify.py [--repeats 3]

With LONGCOT_REAL_DATA the pairs are the labelled ones in `verify/` beside it (agreement on the core
pairs that are not hostile, speed on the MATH-500 ones); without, rewritten and altered gold answers
of the shipped problems. Every run is a process of its own on one CPU, with empty caches and imports
done; the medians are compared. Peers that are not installed (pip install math-verify mathruler
inspect-ai lm-eval) are named and skipped; a peer's three runs may differ where it
has wall-clock deadlines, and the medians are printed. Then the whole pool on one and on two CPUs,
with long responses, some of 1 MB. Absolute figures depend on the machine, the ratios hardly.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Grader = Callable[[str, str], bool]
FASTER = 10
"""Times that a peer may be slower before this benchmark is content (math-verify alone)."""


def pairs() -> list[dict[str, Any]]:
    """Rows with gold, response, expected and part ("math500" or "other")."""
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder:
        return shipped_pairs()
    rows = []
    for part in ("graders", "math500", "own"):
        path = Path(folder).parent / "verify" / f"open_{part}.jsonl"
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            if row["core"] and row["kind"] != "hostile":
                bare = row["pred_form"] == "answer" and row["kind"] != "extraction"
                whole = bare and row["pred"].count("{") == row["pred"].count("}")
                response = rf"\boxed{{{row['pred']}}}" if whole else row["pred"]
                rows.append({"gold": row["gold"], "response": response, "part": part,
                             "expected": row["expected"]})  # fmt: skip
    return rows


def shipped_pairs() -> list[dict[str, Any]]:
    """True and false pairs by construction from the shipped gold answers that are integers."""
    import polars as pl

    golds = pl.read_parquet(ROOT / "data/samples/problems/*.parquet")["answer"].to_list()
    rows = []
    for gold in golds:
        if gold and gold.lstrip("-").isdigit():
            n = int(gold)
            for text, expected in ((rf"\frac{{{3 * n}}}{{3}}", True), (f"{n + 1}", False),
                                   (f"{n - 2}+2", True), (rf"x={n}", True)):  # fmt: skip
                response = rf"So it is \boxed{{{text}}}."
                rows.append({"gold": gold, "response": response, "part": "math500",
                             "expected": expected})  # fmt: skip
    return rows


def longcot() -> Grader:
    from verifiers import Problem, verify

    return lambda gold, text: verify(Problem("", "", gold), text).verdict == "correct"


def math_verify() -> Grader:
    from math_verify import parse, verify

    def grade(gold: str, text: str) -> bool:
        marked = any(mark in gold for mark in ("$", "\\(", "\\[", "\\boxed"))
        return bool(verify(parse(gold if marked else f"${gold}$"), parse(text)))

    return grade


def mathruler() -> Grader:
    from mathruler.grader import extract_boxed_content, grade_answer

    return lambda gold, text: bool(grade_answer(extract_boxed_content(text), gold))


def inspect_ai() -> Grader:
    from inspect_ai.scorer import Target, math

    scorer, loop = math(), asyncio.new_event_loop()

    def grade(gold: str, text: str) -> bool:
        state: Any = SimpleNamespace(output=SimpleNamespace(completion=text))
        try:
            score = loop.run_until_complete(scorer(state, Target(gold)))
        except ValueError:  # "Could not parse any mathematical target"
            return False
        return score is not None and score.value == "C"

    return grade


def minerva() -> Grader:
    from lm_eval.tasks.minerva_math.utils import (
        get_unnormalized_answer,
        is_equiv,
        normalize_final_answer,
    )

    from verifiers.extract.boxes import last_box

    def grade(gold: str, text: str) -> bool:
        box = last_box(text)
        answer = box.content if box else get_unnormalized_answer(text)
        return bool(is_equiv(normalize_final_answer(answer), normalize_final_answer(gold)))

    return grade


GRADERS: dict[str, Callable[[], Grader]] = {
    "longcot": longcot,
    "math-verify": math_verify,
    "mathruler": mathruler,
    "inspect-ai": inspect_ai,
    "lm-eval minerva": minerva,
}


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
            [sys.executable, __file__, "--run", name],
            capture_output=True, text=True, check=False,
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
                [sys.executable, __file__, "--pool", str(cpus)],
                capture_output=True, text=True, check=True,
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
    options = parser.parse_args()
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
    pool = pool_rates(options.repeats)
    print(f"\nwhole pool, responses of 1 kB to 1 MB: {pool[1]:,.0f}/s on one CPU, {pool[2]:,.0f}/s"
          f" on two: {pool[2] / pool[1]:.2f} times")  # fmt: skip
    if "math-verify" in rates:
        assert rates["longcot"] >= FASTER * rates["math-verify"], "not ten times math-verify"


if __name__ == "__main__":
    main()
