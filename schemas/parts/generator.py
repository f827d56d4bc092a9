"""What makes problems with their answers: a part, one file in data/generators.

    @generator("sums", "two numbers to add", levels=(1, 3))
    def sums(rng, level):
        a, b = rng.randrange(10**level), rng.randrange(10**level)
        return {"problem": f"What is {a} + {b}?", "answer": str(a + b), "answer_kind": "math"}

In a recipe: `sources: [{generate: sums, n: 5000, seed: 1, level: [1, 2]}]`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from schemas.errors import SourceError
from schemas.parts import Parts

Drawn = Mapping[str, Any]
"""Columns of a source's row: `problem`, `answer`, `answer_kind`, `domain`, `tests`."""
Draw = Callable[[Random, int], Drawn | None]
"""Draws a problem of a level; None where the drawn numbers do not make one."""

TRIES = 1000
"""Draws without a new problem, one after another, after which there are taken to be no more."""


@dataclass(frozen=True)
class Generator:
    """A maker of problems.

    levels: the lowest and the highest; rows: (task, n, seed, levels) to rows, of which a larger n
    gives the same ones first; version: raise it when the same seed gives other problems
    """

    name: str
    summary: str
    levels: tuple[int, int]
    rows: Callable[[str, int, int, tuple[int, int]], Iterator[dict[str, Any]]]
    version: str = "1"
    tasks: Callable[[], list[str]] | None = None
    """The tasks that stand behind a slash (`gym/countdown`); None where there are none."""


GENERATORS: Parts[Generator] = Parts("generator", "data.generators", "longcot.generators")
"""Every generator by its name."""


def generator(
    name: str, summary: str, levels: tuple[int, int], version: str = "1"
) -> Callable[[Draw], Draw]:
    """Declare a function that draws one problem at a time. Its problems are all different."""

    def declare(draw: Draw) -> Draw:
        def rows(task: str, n: int, seed: int, among: tuple[int, int]) -> Iterator[dict[str, Any]]:
            rng, seen, misses = Random(f"{seed}/{name}/{among}"), set[str](), 0
            while len(seen) < n:
                level = rng.randint(*among)
                drawn = draw(rng, level)
                if drawn is None or drawn["problem"] in seen:
                    misses += 1
                    if misses == TRIES:
                        raise SourceError(
                            f"generator `{name}` has no more than {len(seen):,} different problems "
                            f"of the levels {among[0]} to {among[1]}; ask for fewer"
                        )
                    continue
                seen.add(drawn["problem"])
                misses = 0
                yield {"level": str(level), **drawn}

        GENERATORS.add(name, Generator(name, summary, levels, rows, version))
        return draw

    return declare
