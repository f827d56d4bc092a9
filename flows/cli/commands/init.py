"""init: a recipe of one's own, from one that ships."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import app
from flows.cli.recipe_names import find_recipe
from schemas.errors import RecipeError

Name = Annotated[str, typer.Argument(help="a shipped recipe: `longcot recipes`")]
Place = Annotated[Path | None, typer.Argument(help="the file to write; default: NAME.yaml here")]


@app.command()
def init(name: Name, file: Place = None) -> None:
    """Write a shipped recipe to a file, for your own sources and teachers.

    Example:

        longcot init limo mine.yaml
    """
    target = file or Path(f"{name}.yaml")
    if target.exists():
        raise RecipeError(f"{target}: stands there already; name another file")
    target.write_text(find_recipe(name).read_text("utf-8"), "utf-8")
    print(f"{target}: put in your `sources` and the `endpoint` of each teacher; then")
    print(f"  longcot check {target}")
