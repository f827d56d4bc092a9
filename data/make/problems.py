"""Make the sample problems: python -m data.make.problems [--seed 7] [--out FILE]

The same seed gives the same bytes. Every answer is computed; every puzzle has one solution.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from data.make import (
    algebra,
    arithmetic,
    density,
    kinematics,
    knights,
    mixtures,
    number_theory,
    ordering,
    units,
)
from data.make.common import Maker, Problem

OUT = Path(__file__).parents[1] / "samples" / "problems" / "problems.parquet"

TOPICS: tuple[tuple[str, str, str, dict[int, list[Maker]]], ...] = (
    ("arithmetic", "math", "math", arithmetic.LEVELS),
    ("algebra", "math", "math", algebra.LEVELS),
    ("number theory", "math", "math", number_theory.LEVELS),
    ("knights and knaves", "logic", "choice", knights.LEVELS),
    ("ordering", "logic", "choice", ordering.LEVELS),
    ("kinematics", "science", "math", kinematics.LEVELS),
    ("density", "science", "math", density.LEVELS),
    ("unit conversion", "science", "math", units.LEVELS),
    ("mixtures", "science", "math", mixtures.LEVELS),
)
"""Topic, domain, answer kind, and the makers of each level."""


def make(seed: int, each: int = 1) -> Iterator[Problem]:
    """All problems, topic by topic and level by level; the makers of a level take turns.

    each: how many of each topic and level; a smaller number gives the first of a larger
    """
    seen: set[str] = set()
    for topic, domain, kind, levels in TOPICS:
        for level, makers in levels.items():
            rng = Random(f"{seed}/{topic}/{level}")
            for i in range(each):
                drawn = None
                while drawn is None or drawn[0] in seen:
                    drawn = makers[i % len(makers)](rng)
                seen.add(drawn[0])
                yield Problem(drawn[0], drawn[1], kind, domain, level, topic)


def table(seed: int, each: int = 1) -> pa.Table:
    """The problems as they are published, all columns text."""
    rows, numbers = [], dict[tuple[str, int], int]()
    for p in make(seed, each):
        group = (p.topic, p.level)
        numbers[group] = numbers.get(group, 0) + 1
        rows.append(
            {
                "problem": p.problem,
                "answer": p.answer,
                "answer_kind": p.answer_kind,
                "domain": p.domain,
                "level": str(p.level),
                "source": "longcot-procedural",
                "source_id": f"{p.topic.replace(' ', '-')}-{p.level}-{numbers[group]:03d}",
                "license": "Apache-2.0",
                "language": "en",
                "topic": p.topic,
            }
        )
    return pa.Table.from_pylist(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(args.seed), args.out, compression="zstd")
