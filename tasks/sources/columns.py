"""From a source's row to longcot's columns: mapping, constants, and text that can be stored."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.errors import Mistake, MistakesError, SourceError
from schemas.recipe.sql import nearest
from schemas.rows import Rows
from tasks.sources.files import fingerprint, source_files
from tasks.sources.hub import hub_stamp, read_hub
from tasks.sources.paths import at, root_of, spread
from tasks.sources.readers import read_files
from tasks.sources.rows import BadRow, Broken, Row
from tasks.sources.where import Where

BATCH_ROWS = 512
BATCH_CHARS = 8 * 2**20


def place_of(
    rows: Rows, path: str | None, base: Path, more: tuple[str, ...] = ()
) -> tuple[list[str], str]:
    """The files of a source (none for a hub dataset) and the stamp of their present content.

    more: as in `source_files`
    """
    if path is None:
        return [], hub_stamp(rows)
    files = source_files(path, base, more)
    return files, fingerprint(files)


def stream(
    rows: Rows, files: list[str], name: str, made: Iterator[Row] | None = None
) -> Iterator[list[tuple[Row, bool]]]:
    """Batches of rows, each with whether the source's `where` holds (bad rows pass through).

    made: rows that are neither in files nor on the hub
    """
    where = Where(rows.where, name) if rows.where else None
    reader = made or (read_files(files) if files else read_hub(rows))
    batch: list[Row] = []
    size = 0
    paths = list(rows.columns.values())
    for row in (part for whole in reader for part in spread(whole, paths)):
        batch.append(row)
        size += _size(row.content)
        if len(batch) >= BATCH_ROWS or size >= BATCH_CHARS:
            yield _judged(batch, where)
            batch, size = [], 0
    if batch:
        yield _judged(batch, where)


def _size(content: dict[str, Any] | Broken) -> int:
    if isinstance(content, Broken):
        return 0
    return sum(len(value) for value in content.values() if isinstance(value, str))


def _judged(batch: list[Row], where: Where | None) -> list[tuple[Row, bool]]:
    if where is None:
        return [(row, True) for row in batch]
    good = [row.content for row in batch if not isinstance(row.content, Broken)]
    holds = iter(where(good))
    return [(row, isinstance(row.content, Broken) or next(holds)) for row in batch]


def checked(
    rows: Rows, name: str, batches: Iterator[list[tuple[Row, bool]]], needed: list[str]
) -> Iterator[list[tuple[Row, bool]]]:
    """The batches, once the first has the columns that are needed. Raises SourceError."""
    for number, batch in enumerate(batches):
        if number == 0:
            check_columns(rows, name, batch, needed)
        yield batch


def check_columns(rows: Rows, name: str, batch: list[tuple[Row, bool]], needed: list[str]) -> None:
    """Refuse a source whose first batch lacks a mapped or needed column in every row.

    Raises SourceError naming the column and what the source has instead, MistakesError where the
    recipe names it.
    """
    keys = {k for row, _ in batch if not isinstance(row.content, Broken) for k in row.content}
    if not keys:
        return
    for column in {**dict.fromkeys(needed), **rows.columns}:
        wanted = rows.columns.get(column, column)
        if root_of(wanted, keys) not in keys and column not in rows.constants:
            if column in rows.columns:
                told = (
                    f"source {name}: there is no column `{wanted}`{nearest(wanted, sorted(keys))}"
                )
                raise MistakesError([Mistake(("columns", column), told)])
            raise SourceError(
                f"source {name}: no column `{wanted}` (needed as `{column}`); it has: "
                f"{', '.join(sorted(keys))}. Map it in the recipe: columns: {{{column}: ...}}"
            )


UNREADABLE = "malformed invalid_utf8 wrong_type too_long multi_turn no_problem".split()


def readable(counts: dict[str, int], whose: str, place: str | None) -> None:
    """Refuse a stream that has no row, or none that can be read. Raises SourceError."""
    if not counts["in"]:
        raise SourceError(f"{whose}: {place} is empty: not one row")
    bad = {r: counts[f"aside.{r}"] for r in UNREADABLE if counts.get(f"aside.{r}")}
    if sum(bad.values()) == counts["in"]:
        told = ", ".join(f"{reason} {count:,}" for reason, count in bad.items())
        raise SourceError(
            f"{whose}: not one of the {counts['in']:,} rows of {place} can be read ({told}); "
            "look at the file, and at what `columns:` of the recipe names"
        )


def content_of(rows: Rows, content: dict[str, Any] | Broken, holds: bool) -> dict[str, Any]:
    """A row that can be read and that the source's `where` holds for. Raises BadRow."""
    if isinstance(content, Broken):
        raise BadRow(content.reason, content.detail)
    if not holds:
        raise BadRow("where", rows.where or "")
    return content


def value_of(rows: Rows, content: dict[str, Any], column: str) -> Any:
    """The raw value of one of longcot's columns in a source's row; None where there is none."""
    found = at(content, rows.columns[column]) if column in rows.columns else content.get(column)
    return rows.constants.get(column) if found is None else found


def text_of(value: Any, column: str) -> str | None:
    """A value as text that Arrow can store; NaN is no value. Raises BadRow for broken Unicode."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRow("invalid_utf8", f"{column}: {error}") from None
    if not isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = value
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise BadRow("invalid_utf8", f"{column}: {error}") from None
    return text
