"""diff: what one version has that another has not, to the row.

A row is known by its ids (trace, pair or problem), or by all of it where it has none. Files that
both versions have are not read.
"""

from typing import TYPE_CHECKING, Any

from tasks.pool.store import Pool
from tasks.publishing.versions import File, Version
from tasks.query.sql import bare, parquet_scan, query

if TYPE_CHECKING:
    import duckdb

KEYS = (("chosen_id", "rejected_id"), ("trace_id",), ("problem_id",))
"""The columns that a row is known by: the first that the view has."""

SHOWN = 20
"""Ids of each sort that are listed."""


def diff(pool: Pool, before: Version, after: Version) -> list[dict[str, Any]]:
    """Rows `view, added, removed, changed, columns, ids`: one for each view of either version.

    columns: how many rows differ in which column; ids: the first few of each sort. A view that
    only one version has counts as all added, or all removed.
    """
    views = list(dict.fromkeys([*before.views, *after.views]))
    with bare() as connection:
        return [
            _view(pool, connection, view, before.views.get(view, []), after.views.get(view, []))
            for view in views
        ]


def changelog(number: int, found: list[dict[str, Any]]) -> str:
    """The difference to version `number` as Markdown, for the card."""
    lines = [f"Against version {number}:", "", "| view | added | removed | changed |",
             "| --- | ---: | ---: | ---: |"]  # fmt: skip
    for row in found:
        changed = ", ".join(f"{column} {count:,}" for column, count in row["columns"].items())
        what = f"{row['changed']:,}" + (f" ({changed})" if changed else "")
        lines.append(f"| `{row['view']}` | {row['added']:,} | {row['removed']:,} | {what} |")
    return "\n".join(lines)


def _view(
    pool: Pool,
    connection: "duckdb.DuckDBPyConnection",
    view: str,
    old: list[File],
    new: list[File],
) -> dict[str, Any]:
    both = {file.sha256 for file in old} & {file.sha256 for file in new}
    sides = {"old": old, "new": new}
    names: dict[str, list[str]] = {}
    for side, files in sides.items():
        own: list[Any] = [file for file in files if file.sha256 not in both]
        if not own:
            names[side] = []
            continue
        scan = parquet_scan(pool, own)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {side} AS SELECT * FROM {scan}")
        names[side] = [row[0] for row in connection.execute(f"DESCRIBE {side}").fetchall()]
    told: dict[str, Any] = {"view": view, "added": 0, "removed": 0, "changed": 0, "columns": {},
                            "ids": {"added": [], "removed": [], "changed": []}}  # fmt: skip
    for side, word in (("old", "removed"), ("new", "added")):
        other = "new" if side == "old" else "old"
        if names[side] and not names[other]:
            key = _key(names[side])
            told[word] = _count(connection, side)
            told["ids"][word] = _ids(connection, f"SELECT {key} AS id FROM {side}")
    if not (names["old"] and names["new"]):
        return told
    common = [name for name in names["new"] if name in names["old"]]
    key = _key(common)
    for word, side, other in (("added", "new", "old"), ("removed", "old", "new")):
        sql = f"SELECT {key} AS id FROM {side} EXCEPT ALL SELECT {key} FROM {other}"
        told[word], told["ids"][word] = _count(connection, f"({sql})"), _ids(connection, sql)
    if key.startswith("md5"):  # known by all of it: what is another row is none that changed
        return told
    paired = (
        f"(SELECT {key} AS id, * FROM old) a JOIN (SELECT {key} AS id, * FROM new) b USING (id)"
    )
    differ = {name: f'a."{name}" IS DISTINCT FROM b."{name}"' for name in common}
    counts = ", ".join(f'count(*) FILTER ({sql}) AS "{name}"' for name, sql in differ.items())
    row = query(connection, f"SELECT {counts} FROM {paired}", "diff").to_pylist()[0]
    told["columns"] = {name: count for name, count in row.items() if count}
    any_of = " OR ".join(differ.values())
    sql = f"SELECT id FROM {paired} WHERE {any_of}"
    told["changed"] = _count(connection, f"({sql})")
    told["ids"]["changed"] = _ids(connection, sql)
    return told


def _key(columns: list[str]) -> str:
    """The SQL of what a row is known by."""
    for key in KEYS:
        if set(key) <= set(columns):
            return " || '/' || ".join(f'"{column}"' for column in key)
    listed = ", ".join(f'"{column}"' for column in sorted(columns))
    return f"md5(struct_pack({listed})::VARCHAR)"


def _count(connection: "duckdb.DuckDBPyConnection", rows: str) -> int:
    found = query(connection, f"SELECT count(*) AS n FROM {rows}", "diff").to_pylist()
    return int(found[0]["n"])


def _ids(connection: "duckdb.DuckDBPyConnection", sql: str) -> list[str]:
    rows = query(connection, f"SELECT id FROM ({sql}) ORDER BY id LIMIT {SHOWN}", "diff")
    found: list[str] = rows.column("id").to_pylist()
    return found
