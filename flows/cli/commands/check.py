"""check: everything that can be wrong with a recipe, before anything is bought."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app
from flows.cli.recipe_names import find_recipe


@app.command()
def check(
    recipe: Annotated[str, typer.Argument(help="a recipe file, or the name of a shipped one")],
    pool: PoolOption = None,
) -> None:
    """Check a recipe without building it, and say what this machine lacks.

    Loads prompts and benchmarks, opens sources and recordings, binds the SQL of every view to the
    schema, asks every endpoint whether it is there, and looks for disk space, vLLM and a sandbox.
    Exit code 1: something is wrong or missing.

    Example:

        longcot check my-recipe.yaml
    """
    from flows.check import check_machine, check_recipe
    from flows.cli.tables import print_rows, terminal

    path = find_recipe(recipe)
    plan = check_recipe(path)
    found = check_machine(plan, pool or f"pools/{plan.name}", path.resolve().parent)
    print_rows(terminal(), [one._asdict() for one in found], f"{plan.name}: what it needs")
    if any(one.missing for one in found):
        raise typer.Exit(1)
    typer.echo("ready to build")
