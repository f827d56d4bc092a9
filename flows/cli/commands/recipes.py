"""recipes: what ships."""

from typing import Annotated

import typer

from flows.cli.app import app
from flows.cli.recipe_names import SHIPPED, find_recipe, shipped

Name = Annotated[str | None, typer.Argument(help="show this one: what was published, and as YAML")]
Shown = Annotated[str | None, typer.Argument(hidden=True)]  # `recipes show limo` is often typed


@app.command()
def recipes(name: Name = None, shown: Shown = None) -> None:
    """List the shipped recipes, or show one.

    Example:

        longcot recipes
        longcot recipes limo
    """
    from flows.cli.tables import print_rows, terminal
    from flows.recipe_file import load_recipe

    if name is not None:
        print(find_recipe(shown if name == "show" and shown else name).read_text("utf-8"), end="")
        return
    rows = []
    for one, path in shipped().items():
        family = "runs as it is" if path.parent == SHIPPED else path.parent.name
        rows.append(
            {"recipe": one, "what it makes": load_recipe(path).description, "family": family}
        )
    rows.sort(key=lambda row: row["family"] != "runs as it is")
    print_rows(terminal(), rows)
