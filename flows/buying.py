"""When a build stops buying: the budget that it keeps to, and the problems that its target takes.

For a target the problems are a random sample that grows: models are asked about so many, all steps
run, the view is counted, and more are asked about where it holds too few. How many were enough is
written down (`target.json`), so that the next build of the recipe comes to the same.
"""

import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from flows.recipe import Recipe
from schemas.recipe.teachers import Live
from tasks.generation.spent import spent
from tasks.llm import budget
from tasks.llm.asking.ask_step import AskStep
from tasks.pool.build import Build
from tasks.pool.store import Pool
from tasks.views.view import choose_rows

FILE = "target.json"
FIRST = 16
"""Problems that are asked about first, at least: fewer tell nothing of the yield."""
FASTER = 4
"""So many times the problems are asked about next, at most."""


def kept_budget(plan: Recipe, pool: Pool) -> AbstractContextManager[None]:
    """Keep to the recipe's budget while this is open; nothing where it has none."""
    if plan.budget is None:
        return budget.kept(None, budget.Spent())
    models = {model.name: model for model in plan.named()}
    teachers = {name: model for name, model in models.items() if isinstance(model, Live)}
    asking = [step for step in plan.steps if isinstance(step, AskStep)]
    questions = {step.what: step.asked(models) for step in asking}
    return budget.kept(plan.budget, spent(pool, teachers, questions))


def enough_problems(plan: Recipe, pool: Pool, recipe: str) -> int | None:
    """The problems that an earlier build of the recipe found to be enough; None: it is not known.

    recipe: its fingerprint
    """
    if not plan.target or not pool.exists(FILE):
        return None
    told = pool.get_json(FILE)
    return int(told["problems"]) if told.get("recipe") == recipe else None


def buy_enough(
    plan: Recipe, pool: Pool, begin: Callable[[int], Build], steps: Callable[[Build], None]
) -> None:
    """Do all steps for more and more problems until the target's view holds its rows, there are no
    more problems, or the budget is spent. The last build that was begun is the one to go on with.

    begin: a build of so many problems, of which nothing is done
    """
    target = plan.target
    assert target
    samples = max((one.samples.max for one in plan.named() if isinstance(one, Live)), default=1)
    first = max(FIRST, math.ceil(target.rows / samples))
    most = enough_problems(plan, pool, plan.fingerprint()) or first
    while True:
        build = begin(most)
        steps(build)
        rows = sum(shard.rows for shard in choose_rows(build, target.view, plan.views).outputs)
        build.funnel.pop()  # the view's line comes when it is made
        whole = len(build.done.eligible())
        told = f"view `{target.view}` holds {rows:,} of {target.rows:,} rows"
        done = f"{min(most, whole):,} of {whole:,} problems"
        if rows >= target.rows or most >= whole or budget.reached():
            lacks = "the budget is spent" if budget.reached() else "nothing is left to buy"
            why = "" if rows >= target.rows else f"; {lacks}"
            print(f"longcot: target: {told} after {done}{why}", file=sys.stderr)
            content = {"recipe": build.done.recipe, "problems": most, "rows": rows}
            pool.put_json(FILE, content)
            return
        print(f"longcot: target: {told} after {done}; going on", file=sys.stderr)
        guess = math.ceil(most * target.rows / rows * 1.05) if rows else most * FASTER
        most = min(max(guess, most + 1), most * FASTER, whole)
