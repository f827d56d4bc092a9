"""A look at the first rows of a source: whether it can be read at all, and as the recipe says."""

from pathlib import Path

from schemas.rows import Rows
from tasks.sources.columns import check_columns, place_of, stream


def check_first_rows(
    rows: Rows, path: str | None, name: str, needed: list[str], base: Path
) -> None:
    """Read one batch: its columns are there, and its `where` can be computed.

    needed: longcot's columns that every row must have. Raises SourceError, RecipeError.
    """
    files, _ = place_of(rows, path, base)
    for batch in stream(rows, files, name):
        check_columns(rows, name, batch, needed)
        break
