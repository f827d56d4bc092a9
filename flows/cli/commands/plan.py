"""plan: a pilot, and what the whole would yield and cost."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app
from flows.cli.recipe_names import find_recipe
from schemas.errors import RecipeError


@app.command()
def plan(
    recipe: Annotated[str, typer.Argument(help="a recipe file, or the name of a shipped one")],
    problems: Annotated[int, typer.Option(min=2, help="problems of the pilot")] = 50,
    pool: PoolOption = None,
) -> None:
    """Run a pilot and predict the whole: rows after each filter, tokens, hours, money.

    The live teachers are asked for a random few of the problems. The traces go to the pool that
    `longcot build` fills, which asks for the others alone.

    Example:

        longcot plan my-recipe.yaml --problems 100
    """
    from flows.recipe_file import load_recipe
    from schemas.recipe.teachers import Live

    path = find_recipe(recipe)
    if not any(isinstance(teacher, Live) for teacher in load_recipe(path).teachers):
        raise RecipeError(f"{path}: no live teacher, so there is nothing to plan; `build` it")
    from flows.cli.tables import print_forecast, terminal
    from flows.runner.signals import guarded

    command = f"longcot plan {recipe} --problems {problems}" + (f" --pool {pool}" if pool else "")
    with guarded(command):
        from flows.build import build as flow
        from tasks.pool.build import Choices

        forecast = flow(str(path), pool, Choices(pilot=problems))
    print_forecast(terminal(), forecast)
