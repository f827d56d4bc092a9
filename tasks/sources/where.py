"""A recipe's `where` over the rows of a source, in DuckDB's SQL."""

import re
from typing import Any

import polars as pl

from schemas.errors import RecipeError


class Where:
    """A condition over rows as a source gives them (dictionaries of any keys).

    Only the columns that the condition names are looked at, so long text costs nothing. A key that
    a row lacks is NULL; a name that no row of the first batch has is an error.
    """

    def __init__(self, condition: str, source: str) -> None:
        self.condition, self.source = condition, source
        words = re.findall(r'"([^"]+)"|([^\W\d]\w*)', condition)
        self.words = {(quoted or word).lower() for quoted, word in words}
        self.columns: dict[str, str] = {}
        import duckdb  # late, see tasks/query/sql.py

        self.connection = duckdb.connect(config={"threads": 1})

    def __call__(self, rows: list[dict[str, Any]]) -> list[bool]:
        """True for the rows that the condition holds for. Raises RecipeError."""
        import duckdb

        if not rows:
            return []
        for key in sorted({key for row in rows for key in row}):
            lower = key.lower()  # names in SQL ignore case; of two that differ in it, the exact one
            if lower in self.words and (lower not in self.columns or key in self.condition):
                self.columns[lower] = key
        names = sorted(self.columns.values())
        data = {column: [_cell(row.get(column)) for row in rows] for column in names}
        frame = pl.DataFrame({"__row": range(len(rows)), **data}, strict=False)
        try:
            found = self.connection.execute(
                f"SELECT coalesce(({self.condition})::BOOLEAN, false) FROM frame ORDER BY __row"
            ).fetchall()
        except duckdb.Error as error:
            first = str(error).split("\n", 1)[0]
        else:
            assert len(frame) == len(found)
            return [bool(row[0]) for row in found]
        names = sorted({key for row in rows for key in row})
        raise RecipeError(
            f"source {self.source}: where: {self.condition!r}: {first}. "
            f"Columns of the source: {', '.join(names)}"
        )


def _cell(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > 63:
        return float(str(value))
    if value is None or isinstance(value, int | float):
        return value
    return str(value).encode("utf-8", "replace").decode()  # a lone surrogate is set aside later
