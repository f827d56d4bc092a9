"""A query's result for other programs: CSV, JSON lines, Parquet."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from flows.cli.tables import unlike
from schemas.errors import QueryError


def print_lines(table: pa.Table, form: Literal["csv", "json"]) -> None:
    """Every row on standard output; lists and structs in CSV are JSON text.

    To a terminal control characters of CSV are not sent; JSON escapes them.
    """
    named = table.rename_columns(unlike(table.column_names))
    if form == "json":
        for row in named.to_pylist():  # ASCII: nothing in it steers a terminal
            print(json.dumps(row, default=str))
        return
    import csv

    from schemas.printable import printable

    shown = printable if sys.stdout.isatty() else str
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(named.column_names)
    for row in named.to_pylist():
        writer.writerow([_cell(value, shown) for value in row.values()])


def _cell(value: object, shown: Callable[[str], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return shown(json.dumps(value, ensure_ascii=False, default=str))
    return shown(str(value))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Every row to a file. Raises QueryError where it cannot be written."""
    try:
        pq.write_table(table.rename_columns(unlike(table.column_names)), path)
    except OSError as error:
        raise QueryError(f"{path}: cannot be written: {error}") from None
