"""A recipe on the command line: a path, or the name of a shipped one."""

from pathlib import Path

from schemas.errors import RecipeError

SHIPPED = Path(__file__).parents[2] / "data" / "recipes"


def find_recipe(name: str) -> Path:
    """The file of a recipe: a path, or the name of a shipped one. Raises RecipeError."""
    path, shipped = Path(name), SHIPPED / f"{name}.yaml"
    if path.exists():
        return path
    if shipped.exists():
        return shipped
    known = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.yaml")))
    raise RecipeError(f"{name}: no such file and no shipped recipe (shipped: {known})")
