"""A recipe on the command line: a path, or the name of a shipped one."""

from pathlib import Path

from schemas.errors import RecipeError

SHIPPED = Path(__file__).parents[2] / "data" / "recipes"
"""What runs as it is; `papers` in it are published recipes for one's own sources and teachers, a
folder a family.
"""


def shipped() -> dict[str, Path]:
    """The files of shipped recipes by name."""
    return {path.stem: path for path in sorted(SHIPPED.rglob("*.yaml"))}


def find_recipe(name: str) -> Path:
    """The file of a recipe: a path, or the name of a shipped one. Raises RecipeError."""
    if Path(name).exists():
        return Path(name)
    found = shipped()
    if name in found:
        return found[name]
    raise RecipeError(f"{name}: no such file and no shipped recipe (shipped: {', '.join(found)})")
