"""Make the sample benchmark: python -m data.make.benchmark [--out FILE]

A little exam with computed answers, on topics that the sample problems do not have, and five items
that they do have: one as it stands, one inside a story, one with its sentences turned round, one in
other words, one with other numbers. So the quickstart has something to find. The same seed gives
the same bytes.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq

from data.make.common import PEOPLE
from data.make.problems import OUT as PROBLEMS

OUT = Path(__file__).parents[1] / "samples" / "benchmark" / "little-exam.jsonl"
PLANTED = ("kinematics-2-001", "arithmetic-4-001", "mixtures-4-001")

REWORDED = (
    "A ladder leans against a wall. It is 13 m long and its foot stands on the ground 5 m from the "
    "wall. What height of the wall does it reach, in metres?",
    "12",
)
"""A collected problem in other words."""

VARIANT = (
    "A train leaves at 8:25 and arrives at 11:50 on the same day. How many minutes does the "
    "journey take?",
    "205",
)
"""A collected problem with other numbers."""


def items(seed: int, problems: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Texts and answers: own ones first, then the planted ones."""
    rng = Random(f"little-exam/{seed}")
    for _ in range(8):
        start = date(rng.randint(1990, 2040), rng.randint(1, 12), rng.randint(1, 28))
        days = rng.randint(40, 900)
        weekday = (start + timedelta(days)).strftime("%A")
        yield (
            f"{start.strftime('%d.%m.%Y')} is a {start.strftime('%A')}. {rng.choice(PEOPLE)} marks "
            f"the date {days} days later in a calendar. On which day of the week does it fall?",
            weekday,
        )
    for _ in range(8):
        word = "".join(rng.sample("ABCDEFGHKLMNPRST", rng.randint(5, 8)))
        cut = rng.randint(2, len(word) - 2)
        yield (
            f"The last {cut} letters of the code word {word} are moved to its front, and the whole "
            "is then written backwards. Which word is on the paper?",
            (word[-cut:] + word[:-cut])[::-1],
        )
    whole, told, turned = (problems[name] for name in PLANTED)
    yield whole["problem"], whole["answer"]
    yield f"While the tea is getting cold, Nadia reads a riddle. {told['problem']}", told["answer"]
    first, *rest, ask = turned["problem"].split(". ")
    yield ". ".join([*rest[::-1], first, ask]), turned["answer"]
    yield from (REWORDED, VARIANT)


def lines(seed: int) -> str:
    """The exam as JSON lines: id, problem, answer."""
    table = pq.read_table(PROBLEMS, columns=["source_id", "problem", "answer"])
    problems = {row["source_id"]: row for row in table.to_pylist()}
    rows = [
        {"id": f"little-exam-{number:02d}", "problem": text, "answer": answer}
        for number, (text, answer) in enumerate(items(seed, problems), 1)
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(lines(args.seed), "utf-8")
