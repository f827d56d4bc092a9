"""recipes: what ships."""

from flows.cli.app import app
from flows.cli.recipe_names import SHIPPED


@app.command()
def recipes() -> None:
    """List the shipped recipes.

    Example:

        longcot recipes
    """
    from flows.cli.tables import print_rows, terminal
    from flows.recipe_file import load_recipe

    rows = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        recipe = load_recipe(path)
        rows.append({"recipe": path.stem, "what it makes": recipe.description, "file": str(path)})
    print_rows(terminal(), rows)
