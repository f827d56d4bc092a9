"""Buying enough for a target: a random sample of problems that grows until a view holds its rows.

Models are asked about so many problems, all steps run, the view is counted, and more are asked
about where it holds too few. How many were enough is written down (`target.json`), so that the next
build of the recipe comes to the same.
"""

import math
import sys
from collections.abc import Callable

from schemas.recipe.buying import Target
from tasks.llm.ending import budget
from tasks.pool.build import Build
from tasks.pool.store import Pool

FILE = "target.json"
FIRST = 16
"""Problems that are asked about first, at least: fewer tell nothing of the yield."""
FASTER = 4
"""So many times the problems are asked about next, at most."""
SURPLUS = 1.05
"""What is asked for over what the yield so far says is enough."""


def enough_problems(pool: Pool, recipe: str) -> int | None:
    """The problems that an earlier build of the recipe found to be enough; None: it is not known.

    recipe: its fingerprint
    """
    told = pool.get_json(FILE) if pool.exists(FILE) else {}
    return int(told["problems"]) if told.get("recipe") == recipe else None


def buy_enough(
    pool: Pool,
    recipe: str,
    target: Target,
    samples: int,
    build: Callable[[int], Build],
    count: Callable[[Build], tuple[int, int]],
) -> Build:
    """Build with more and more problems until the target's view holds its rows, there are no more
    problems, or the budget is spent; the last build.

    samples: what a problem yields at most
    build: does all steps with so many problems
    count: the rows that the view has in a build, and the problems that there are
    """
    first = max(FIRST, math.ceil(target.rows / samples))
    most = enough_problems(pool, recipe) or first
    while True:
        made = build(most)
        rows, whole = count(made)
        told = (
            f"longcot: target: view `{target.view}` holds {rows:,} of {target.rows:,} rows after "
            f"{min(most, whole):,} of {whole:,} problems"
        )
        if rows >= target.rows or most >= whole or budget.reached():
            lacks = "the budget is spent" if budget.reached() else "nothing is left to buy"
            print(told + ("" if rows >= target.rows else f"; {lacks}"), file=sys.stderr)
            pool.put_json(FILE, {"recipe": recipe, "problems": most, "rows": rows})
            return made
        print(f"{told}; going on", file=sys.stderr)
        guess = math.ceil(most * target.rows / rows * SURPLUS) if rows else most * FASTER
        most = min(max(guess, most + 1), most * FASTER, whole)
