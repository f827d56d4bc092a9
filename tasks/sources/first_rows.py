"""A look at the first rows of a source: whether it can be read at all, and as the recipe says."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from schemas.rows import Rows
from tasks.sources.columns import BATCH_ROWS, check_columns, place_of, stream
from tasks.sources.rows import Row


def check_first_rows(
    rows: Rows,
    path: str | None,
    name: str,
    needed: list[str],
    base: Path,
    made: Iterator[Row] | None = None,
) -> None:
    """Read one batch: its columns are there, and its `where` can be computed.

    needed: longcot's columns that every row must have; made: rows that are in no file
    Raises SourceError, RecipeError.
    """
    files = [] if made else place_of(rows, path, base)[0]
    for batch in stream(rows, files, name, islice(made, BATCH_ROWS) if made else None):
        check_columns(rows, name, batch, needed)
        break
