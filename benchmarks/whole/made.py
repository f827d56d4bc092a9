"""The input: problems with planted copies, and traces of 8 kB whose verdicts are known."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.building.scale import real_texts
from benchmarks.dedupe.texts import real

SAMPLES = 8
"""Traces of a problem."""
COPIES = 10
"""Every tenth problem repeats the one before in other words, with the same traces."""
BYTES = 8_000
FILES = 8


def make(folder: Path, rows: int) -> None:
    """Write `problems/` and `traces/` with `rows` traces, as Parquet.

    A copy has its original's answer and its original's traces, serial numbers included: whichever
    of the two is kept, the same is written.
    """
    chance, rng = random.Random(rows), np.random.default_rng(rows)
    words = pl.Series(sorted({w for t in real("problems_gsm8k", "problem") for w in t.split()}))
    words = words.filter(words.str.contains("^[a-z]+$"))
    problems: list[dict[str, Any]] = []
    traces: list[dict[str, Any]] = []
    # No tag that closes a reasoning, no answer: only what is put there counts.
    material = "\n".join(real_texts()).replace("think>", "mull>").replace("\\boxed", "\\fbox")
    for number in range(rows // SAMPLES):
        if number % COPIES == COPIES - 1:
            twin, samples = problems[-1], traces[-SAMPLES:]
            one = {**twin, "problem_id": f"p{number}", "problem": twin["problem"] + " Answer now."}
            problems.append(one)
            traces += [{**row, **one} for row in samples]
            continue
        story = " ".join(words.gather(rng.integers(0, len(words), 60)))
        gold, right, wrong = answers(number)
        problem = {"problem_id": f"p{number}", "problem": f"{story} {number}?", "answer": gold}
        problems.append(problem)
        for sample in range(SAMPLES):
            at = chance.randrange(len(material) - BYTES)
            close = "" if chance.random() < 0.03 else "</think>"
            said = right if chance.random() < 0.6 else wrong
            thought = f"Serial {number * SAMPLES + sample}. {material[at : at + BYTES]}"
            text = f"<think>\n{thought}\n{close}\n\nSo it is \\boxed{{{said}}}."
            traces.append({**problem, "trace": text, "sample": sample, "teacher": "recorded"})
    for name, table in (("problems", problems), ("traces", traces)):
        (folder / name).mkdir(parents=True)
        frame = pl.DataFrame(table).sample(fraction=1, shuffle=True, seed=1)
        for part in range(FILES if name == "traces" else 2):
            share = frame[part :: FILES if name == "traces" else 2]
            share.write_parquet(folder / name / f"part-{part}.parquet", compression="zstd")


def answers(number: int) -> tuple[str, str, str]:
    """A gold answer, the same in another form, and another value."""
    n = number % 97 + 2
    match number % 4:
        case 0:
            return str(number), str(number), str(number + 1)
        case 1:
            return rf"\frac{{{n}}}{{101}}", f"{n}/101", f"{n}/103"
        case 2:
            return f"{n / 4}", rf"\frac{{{n}}}{{4}}", rf"\frac{{{n}}}{{5}}"
        case _:
            return f"x^2+{n}x", f"{n}x + x^2", f"x^2+{n + 1}x"
