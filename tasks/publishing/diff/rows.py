"""diff: what one release has that another has not, to the row.

A row is known by its ids (trace, pair or problem), or by all of it where it has none. Files that
both have are not read; files of another machine are fetched first.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tasks.publishing.diff.reasons import UNKNOWN, reasons
from tasks.publishing.diff.sides import Side
from tasks.publishing.versions import File
from tasks.query.sql import bare, listed, query, quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

KEYS = (("chosen_id", "rejected_id"), ("trace_id",), ("problem_id",))
"""The columns that a row is known by: the first that the view has."""


class Rows(NamedTuple):
    """The rows of one view that differ.

    removed: `id` and `problem_id` (null: not told)
    columns: how many of the changed rows differ in which column
    named: whether the rows have ids; else `id` is a hash of the row
    """

    view: str
    added: list[str]
    removed: "pa.Table"
    changed: list[str]
    columns: dict[str, int]
    named: bool = True


def diff(before: Side, after: Side) -> list[dict[str, Any]]:
    """Rows `view, added, removed, changed, columns, reasons, ids`: one for each view of either.

    columns: how many rows differ in which column; reasons: how many rows left for which; ids: all
    of each sort, those that were removed with their reason. A view that only one side has counts as
    all added, or all removed.
    """
    views = list(dict.fromkeys([*before.views, *after.views]))
    with bare() as connection, tempfile.TemporaryDirectory(prefix="longcot-diff-") as folder:
        found = [_view(connection, Path(folder), view, before, after) for view in views]
    return [_told(rows, before, after) for rows in found]


def _told(rows: Rows, before: Side, after: Side) -> dict[str, Any]:
    why = reasons(before, after, rows.removed) if rows.named else {}
    ids = rows.removed.column("id").to_pylist()
    removed = [{"id": one, "reason": why.get(one, UNKNOWN)} for one in ids]
    return {
        "view": rows.view,
        "added": len(rows.added),
        "removed": len(removed),
        "changed": len(rows.changed),
        "columns": rows.columns,
        "reasons": dict(Counter(row["reason"] for row in removed).most_common()),
        "ids": {"added": rows.added, "removed": removed, "changed": rows.changed},
    }


def _view(
    connection: "duckdb.DuckDBPyConnection", folder: Path, view: str, before: Side, after: Side
) -> Rows:
    files = {"old": before.views.get(view, []), "new": after.views.get(view, [])}
    both = {file.sha256 for file in files["old"]} & {file.sha256 for file in files["new"]}
    columns: dict[str, list[str]] = {}
    for name, side in (("old", before), ("new", after)):
        own = [file for file in files[name] if file.sha256 not in both]
        columns[name] = _open(connection, name, _paths(side, own, folder))
    common = [name for name in columns["new"] if name in columns["old"]]
    if not common:  # one of them has no such view, or nothing that the other has not
        common = columns["old"] or columns["new"]
        empty = "old" if columns["new"] else "new"
        if not common:
            return Rows(view, [], _removed(connection, "SELECT NULL AS id LIMIT 0", None), [], {})
        other = "new" if empty == "old" else "old"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {empty} AS FROM {other} LIMIT 0")
    key = _key(common)
    left = f"SELECT {key} AS id FROM old EXCEPT ALL SELECT {key} FROM new"
    came = f"SELECT {key} AS id FROM new EXCEPT ALL SELECT {key} FROM old"
    removed = _removed(connection, left, key if "problem_id" in common else None)
    named = not key.startswith("md5")  # known by all of it: what differs is another row
    changed, counts = _changed(connection, key, common) if named else ([], {})
    return Rows(view, _ids(connection, came), removed, changed, counts, named)


def _paths(side: Side, files: list[File], folder: Path) -> list[str]:
    """Where the files lie on this machine; those of another are fetched."""
    if side.pool.local:
        return [side.pool.path(file.path) for file in files]
    paths = []
    for file in files:
        here = folder / f"{file.sha256}.parquet"
        if not here.exists():
            side.pool.fs.get_file(side.pool.path(file.path), str(here))
        paths.append(str(here))
    return paths


def _open(connection: "duckdb.DuckDBPyConnection", name: str, paths: list[str]) -> list[str]:
    """Make a view of files; returns its columns, none where there are no files."""
    if not paths:
        return []
    scan = f"read_parquet({listed(paths)}, union_by_name = true)"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM {scan}")
    return [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]


def _key(columns: list[str]) -> str:
    """The SQL of what a row is known by."""
    for key in KEYS:
        if set(key) <= set(columns):
            return " || '/' || ".join(f'"{column}"' for column in key)
    every = ", ".join(quoted(column) for column in sorted(columns))
    return f"md5(struct_pack({every})::VARCHAR)"


def _removed(connection: "duckdb.DuckDBPyConnection", left: str, key: str | None) -> "pa.Table":
    """The ids that left, with their problems where the view tells them."""
    problem = "NULL::VARCHAR"
    if key:
        problem = f"(SELECT any_value(problem_id) FROM old WHERE {key} = gone.id)"
    sql = f"SELECT id::VARCHAR AS id, {problem} AS problem_id FROM ({left}) gone ORDER BY id"
    return query(connection, sql, "diff")


def _changed(
    connection: "duckdb.DuckDBPyConnection", key: str, common: list[str]
) -> tuple[list[str], dict[str, int]]:
    """The ids of rows that both have and that differ, and in which columns how many do."""
    paired = (
        f"(SELECT {key} AS id, * FROM old) a JOIN (SELECT {key} AS id, * FROM new) b USING (id)"
    )
    differ = {name: f"a.{quoted(name)} IS DISTINCT FROM b.{quoted(name)}" for name in common}
    counts = ", ".join(f"count(*) FILTER ({sql}) AS {quoted(n)}" for n, sql in differ.items())
    row = query(connection, f"SELECT {counts} FROM {paired}", "diff").to_pylist()[0]
    changed = _ids(connection, f"SELECT id FROM {paired} WHERE {' OR '.join(differ.values())}")
    return changed, {name: count for name, count in row.items() if count}


def _ids(connection: "duckdb.DuckDBPyConnection", sql: str) -> list[str]:
    found: list[str] = query(connection, f"FROM ({sql}) ORDER BY id", "diff")["id"].to_pylist()
    return found
