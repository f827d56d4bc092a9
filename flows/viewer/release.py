"""A folder of Parquet files, such as a release, row by row as a trainer reads it."""

import threading
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from flows.viewer.filters import condition
from flows.viewer.index import limited
from flows.viewer.pages import page
from schemas.errors import QueryError
from tasks.query.locate import open_any

PAGE = 10


class Release:
    """The rows of a folder. Raises PoolError where it has no Parquet files."""

    def __init__(self, place: str) -> None:
        self.name = Path(place).resolve().name
        self._connection = open_any(place)
        self._lock = threading.Lock()

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query."""
        with self._lock:
            run = self._connection.sql
            rows: list[dict[str, Any]] = limited(
                self._connection, lambda: run(sql).to_arrow_table().to_pylist()
            )
        return rows

    def page(self, sql: str, number: int) -> tuple[int, list[dict[str, Any]]]:
        """How many rows a condition selects, and a page of them, from 1."""
        where = f"WHERE ({condition(sql)}\n)" if sql else ""
        total = self.ask(f"SELECT count(*) AS n FROM release {where}")[0]["n"]
        return total, self.ask(f"FROM release {where} LIMIT {PAGE} OFFSET {PAGE * (number - 1)}")


def add_rows(app: FastAPI, release: Release) -> None:
    """The pages of a folder."""

    @app.get("/")
    def start() -> Response:
        return RedirectResponse("/rows")

    @app.get("/rows")
    def rows(request: Request) -> Response:
        told, sql = request.query_params.get("page", "1"), request.query_params.get("sql", "")
        number = int(told) if told.isdecimal() and len(told) < 10 else 1
        try:
            (total, found), error = release.page(sql.strip(), max(1, number)), ""
        except QueryError as wrong:
            total, found, error = 0, [], str(wrong)
        shown = [[(name, _kind(value), value) for name, value in row.items()] for row in found]
        return page("rows.html", name=release.name, rows=shown, total=total, error=error, sql=sql,
                    number=number, size=PAGE, pages=max(1, -(-total // PAGE)))  # fmt: skip


def _kind(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict) and "content" in value[0]:
        return "messages"
    return "long" if isinstance(value, str) and len(value) > 80 else "short"
