"""build: run a recipe."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app
from flows.cli.recipe_names import find_recipe


@app.command()
def build(
    recipe: Annotated[str, typer.Argument(help="a recipe file, or the name of a shipped one")],
    pool: PoolOption = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="ask again for samples that had failed for good")
    ] = False,
    rebuy: Annotated[
        bool, typer.Option("--rebuy", help="ask again for what was paid for and is lost by damage")
    ] = False,
) -> None:
    """Run a recipe; what is finished already is not done again.

    The pool is `pools/<name of the recipe>` unless --pool says otherwise.

    Examples:

        longcot build quickstart

        longcot build my-recipe.yaml --pool s3://bucket/pools/mine
    """
    from schemas.recipe_file import load_recipe

    path = find_recipe(recipe)
    load_recipe(path)  # a mistake in it is told at once
    from flows.cli.tables import print_report, terminal
    from flows.runner.signals import guarded

    with guarded(f"longcot build {recipe}" + (f" --pool {pool}" if pool else "")):
        from flows.build import build as flow  # Prefect takes seconds to import: only where needed

        report = flow(str(path), pool, retry_failed, rebuy=rebuy)
    print_report(terminal(), report)
