"""A recipe's `where` over the rows of a source, in DuckDB's SQL."""

import re
from typing import Any

import pyarrow as pa

from schemas.errors import Mistake, MistakesError
from schemas.recipe.sql import told, unreadable


class Where:
    """A condition over rows as a source gives them (dictionaries of any keys).

    It is one expression over the source's columns with the source's types (lists, structs,
    decimals, timestamps, binary), and sees nothing else: no file, no other table, no setting. Only
    the columns that it names are looked at, so long text costs nothing. A key that a row lacks is
    NULL; a name that no row of the first batch has is an error.
    """

    def __init__(self, condition: str, source: str) -> None:
        self.condition, self.source = condition, source
        words = re.findall(r'"([^"]+)"|([^\W\d]\w*)', condition)
        self.words = {(quoted or word).lower() for quoted, word in words}
        self.columns: dict[str, str] = {}
        self.types: dict[str, pa.DataType] = {}
        import duckdb  # late, see tasks/query/sql.py

        try:
            expression = duckdb.SQLExpression(condition)
        except duckdb.Error:
            raise self._wrong(unreadable(condition) or "one expression, please") from None
        self.sql = f"SELECT coalesce(({expression})::BOOLEAN, false) FROM rows_of_source"
        self.connection = duckdb.connect(
            config={
                "threads": 1,
                "enable_external_access": False,
                "python_enable_replacements": False,
                "lock_configuration": True,
            }
        )

    def __call__(self, rows: list[dict[str, Any]]) -> list[bool]:
        """True for the rows that the condition holds for. Raises MistakesError."""
        import duckdb

        if not rows:
            return []
        for key in sorted({key for row in rows for key in row}):
            lower = key.lower()  # names in SQL ignore case; of two that differ in it, the exact one
            if lower in self.words and (lower not in self.columns or key in self.condition):
                self.columns[lower] = key
        names = sorted(self.columns.values())
        data = {name: self._column(name, [row.get(name) for row in rows]) for name in names}
        self.connection.register("rows_of_source", pa.table({"__row": range(len(rows)), **data}))
        try:
            found = self.connection.execute(f"{self.sql} ORDER BY __row").fetchall()
        except duckdb.Error as error:
            message = str(error)
        else:
            assert len(rows) == len(found)
            return [bool(row[0]) for row in found]
        texts = {name for name, kind in self.types.items() if pa.types.is_string(kind)}
        keys = {key: "VARCHAR" if key in texts else "" for row in rows for key in sorted(row)}
        raise self._wrong(told(message, self.condition, keys, "the source"))

    def _wrong(self, why: str) -> MistakesError:
        return MistakesError([Mistake(("where",), f"source {self.source}: {why}")])

    def _column(self, name: str, values: list[Any]) -> pa.Array:
        """The values with the type they have; as text where no one type fits them all."""
        try:
            column = pa.array(values)
            if pa.types.is_null(column.type):  # as it was in the batch before
                return column.cast(self.types.get(name, pa.null()))
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            column = _plain(values)
        self.types[name] = column.type
        return column


def _plain(values: list[Any]) -> pa.Array:
    if all(value is None or isinstance(value, int | float) for value in values):
        return pa.array([None if v is None else float(str(v)) for v in values])
    # A lone surrogate is set aside later.
    return pa.array(
        [None if v is None else str(v).encode("utf-8", "replace").decode() for v in values]
    )
