"""A random trace to look at: any, one called incorrect, or one that is disputed."""

from typing import TYPE_CHECKING

from schemas.errors import QueryError
from tasks.query.sql import query
from tasks.reports.label_quality import STRATA

if TYPE_CHECKING:
    import duckdb

DRAWS = {
    "random": "SELECT trace_id FROM traces",
    "wrong": "SELECT trace_id FROM published WHERE verdict = 'incorrect'",
    "disputed": f"SELECT trace_id FROM ({STRATA}) WHERE disputed",
}


def draw(connection: "duckdb.DuckDBPyConnection", name: str) -> str:
    """The id of a trace drawn anew. Raises QueryError where the pool has none of that kind."""
    sql = f"SELECT trace_id FROM ({DRAWS[name]}) ORDER BY random() LIMIT 1"
    rows = query(connection, sql, "show").to_pylist()
    if not rows:
        raise QueryError(f"show {name}: the pool has no such trace")
    return str(rows[0]["trace_id"])
