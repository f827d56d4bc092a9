"""show: all that the pool knows of one problem or trace, in the order in which it was learnt."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from schemas.errors import QueryError
from schemas.tables import KEYS
from tasks.pool.store import Pool
from tasks.query.sql import query

if TYPE_CHECKING:
    import duckdb

Prices = Mapping[str, Mapping[str, float]]
"""Money per million tokens of `prompt` and `completion`, by the question."""

NO_PRICES: Prices = MappingProxyType({})


DESCENT = """
WITH RECURSIVE edges AS (
  SELECT child, parent FROM lineage UNION SELECT trace_id, problem_id FROM traces
), line AS (
  SELECT '{id}' AS row_id UNION SELECT e.parent FROM line JOIN edges e ON e.child = line.row_id
)
SELECT l.generation, l.how, l.child, l.parent, coalesce(p.problem, t.response) AS "parent says",
  any_value(a.model) AS model, any_value(a.prompt) AS prompt, sum(a.replies)::BIGINT AS replies,
  sum(a.prompt_tokens)::BIGINT AS prompt_tokens,
  sum(a.completion_tokens)::BIGINT AS completion_tokens
FROM line JOIN lineage l ON l.child = line.row_id
LEFT JOIN problems p ON p.problem_id = l.parent LEFT JOIN traces t ON t.trace_id = l.parent
LEFT JOIN answers a ON a.row_id = l.parent AND a.what = l.how
GROUP BY ALL ORDER BY l.generation DESC, l.how, l.parent
"""
"""Every step of a row's descent, and of its problem's, back to rows that no step derived; with what
asking about each parent took, whatever else came of it."""

DERIVED = "SELECT how, child, generation FROM lineage WHERE parent = '{id}' ORDER BY ALL"

OF_PROBLEM = {
    "problem": "FROM problems WHERE problem_id = '{id}'",
    "descent": DESCENT,
    "derived from it": DERIVED,
    "decisions": "FROM decisions WHERE row_id = '{id}'",
    "duplicates": "FROM duplicates WHERE '{id}' IN (row_id, duplicate_of, cluster)",
    "semantic duplicates": "FROM semantic_duplicates WHERE '{id}' IN (row_id, duplicate_of)",
    "contamination": "FROM contamination WHERE problem_id = '{id}'",
    "elected gold": "SELECT gold, origin FROM golds WHERE problem_id = '{id}'",
    "grades": "FROM grades WHERE problem_id = '{id}' ORDER BY solver",
    "ratings": "FROM ratings WHERE problem_id = '{id}'",
    "answers": "FROM answers WHERE row_id = '{id}' ORDER BY what, model, n",
    "traces": "SELECT trace_id, teacher, sample, state, verdict, reason, extracted, label "
    "FROM pool WHERE problem_id = '{id}' ORDER BY teacher, sample, trace_id",
}
OF_TRACE = {
    "trace": "FROM traces WHERE trace_id = '{id}'",
    "descent": DESCENT,
    "derived from it": DERIVED,
    "duplicates": "FROM trace_duplicates WHERE '{id}' IN (row_id, duplicate_of, cluster)",
    "verdicts": "FROM verdicts WHERE trace_id = '{id}'",
    "answers": "FROM answers WHERE row_id = '{id}' ORDER BY what, model, n",
    "signals": "FROM signals WHERE trace_id = '{id}'",
    "decisions": "FROM decisions WHERE row_id = '{id}'",
    "problem": "SELECT p.* FROM problems p JOIN traces t USING (problem_id) "
    "WHERE t.trace_id = '{id}'",
    "elected gold of the problem": "SELECT g.gold, g.origin FROM golds g JOIN traces t "
    "USING (problem_id) WHERE t.trace_id = '{id}'",
    "decisions on the problem": "SELECT r.* FROM decisions r "
    "JOIN traces t ON r.row_id = t.problem_id WHERE t.trace_id = '{id}'",
    "grades of the problem": "SELECT g.* FROM grades g JOIN traces t USING (problem_id) "
    "WHERE t.trace_id = '{id}' ORDER BY solver",
}


def prices_of(place: str) -> Prices:
    """The prices of the questions that the last build of a pool put to models, where it has any."""
    pool = Pool(place)
    told = pool.get_json("report.json") if pool.exists("report.json") else {}
    return {row["what"]: prices for row in told.get("answers", [])
            if (prices := row.get("prices"))}  # fmt: skip


def history(
    connection: "duckdb.DuckDBPyConnection", start: str, prices: Prices = NO_PRICES
) -> dict[str, list[dict[str, Any]]]:
    """Sections of rows for the id that begins with `start`. Raises QueryError unless it is one.

    prices: what a row's descent is priced by
    """
    if not start or not set(start) <= set("0123456789abcdef"):
        raise QueryError(
            f"{start!r} is no id: ids are hexadecimal digits, the first few are enough"
        )
    found = _ids(connection, "problems", "problem_id", start)
    sections = OF_PROBLEM
    if not found:
        found, sections = _ids(connection, "traces", "trace_id", start), OF_TRACE
    if not found:
        return {"decisions": _rejected(connection, start)}
    if len(found) > 1:
        shown = ", ".join(found[:5])
        raise QueryError(f"{start} begins several ids: {shown} ...; give more digits")
    parts = {name: _rows(connection, sql.format(id=found[0])) for name, sql in sections.items()}
    for row in parts["descent"]:
        if told := prices.get(row["how"]):
            spent = {kind: (row[f"{kind}_tokens"] or 0) * price for kind, price in told.items()}
            row["money"] = sum(spent.values()) / 1e6
    parts |= {name: [told] for name, told in added(connection, found[0]).items()}
    parts["in views"] = [
        {"view": view}
        for view in _names(connection)
        if view.startswith("view_") and _holds(connection, view, found[0])
    ]
    return {name: rows for name, rows in parts.items() if rows}


def added(connection: "duckdb.DuckDBPyConnection", row: str) -> dict[str, dict[str, Any]]:
    """What steps added to a problem, or to a trace and its problem: by column, its fields."""
    found: dict[str, dict[str, Any]] = {}
    for name in _names(connection):
        key, *columns = [one["column_name"] for one in _rows(connection, f'DESCRIBE "{name}"')]
        if columns != [name] or key not in KEYS:
            continue
        ids = f"'{row}'"
        if key == "problem_id":
            ids += f", (SELECT problem_id FROM traces WHERE trace_id = '{row}')"
        for told in _rows(
            connection, f'SELECT "{name}" AS told FROM "{name}" WHERE {key} IN ({ids})'
        ):
            found[name] = told["told"] if isinstance(told["told"], dict) else {name: told["told"]}
    return found


def _names(connection: "duckdb.DuckDBPyConnection") -> list[str]:
    return [row["name"] for row in _rows(connection, "SELECT name FROM (SHOW TABLES)")]


def _ids(connection: "duckdb.DuckDBPyConnection", table: str, column: str, start: str) -> list[str]:
    sql = f"SELECT {column} AS id FROM {table} WHERE starts_with({column}, '{start}') LIMIT 6"
    return [row["id"] for row in _rows(connection, sql)]


def _rejected(connection: "duckdb.DuckDBPyConnection", start: str) -> list[dict[str, Any]]:
    rows = _rows(connection, f"FROM decisions WHERE starts_with(row_id, '{start}')")
    if not rows:
        raise QueryError(f"{start}: no problem, trace or rejected row of this pool has that id")
    return rows


def _holds(connection: "duckdb.DuckDBPyConnection", view: str, wanted: str) -> bool:
    columns = [row["column_name"] for row in _rows(connection, f'DESCRIBE "{view}"')]
    ids = [c for c in columns if c in ("problem_id", "trace_id", "chosen_id", "rejected_id")]
    condition = " OR ".join(f"{column} = '{wanted}'" for column in ids) or "false"
    return bool(_rows(connection, f'SELECT 1 FROM "{view}" WHERE {condition} LIMIT 1'))


def _rows(connection: "duckdb.DuckDBPyConnection", sql: str) -> list[dict[str, Any]]:
    table: pa.Table = query(connection, sql, "show")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
