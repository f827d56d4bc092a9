"""Opening what a build left, for queries: a pool, or any folder of Parquet files."""

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import PoolError, QueryError
from tasks.pool.store import Pool, Shard
from tasks.query.sql import connect, parquet_scan

if TYPE_CHECKING:
    import duckdb


def open_any(place: str) -> "duckdb.DuckDBPyConnection":
    """A connection with every table of a pool and its views (`view_<name>`), or `release`.

    Raises PoolError where there is neither.
    """
    pool = Pool(place)
    if pool.exists("manifest.json"):
        tables = {table: pool.live(table) for table in pool.manifest["tables"]}
        connection = connect(pool, tables, pool.manifest["deciding"])
        for name, shards in pool.manifest.get("views", {}).items():
            live = [Shard(**shard) for shard in shards]
            if live:
                scan = parquet_scan(pool, live)
                connection.execute(f'CREATE TEMP VIEW "view_{name}" AS SELECT * FROM {scan}')
        return connection
    files = sorted(str(path) for path in Path(place).rglob("*.parquet"))
    if not files:
        raise PoolError(f"{place}: no pool here (no manifest.json) and no Parquet files")
    import duckdb  # late, see tasks/query/sql.py

    connection = duckdb.connect()
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    connection.execute(f"CREATE TEMP VIEW release AS SELECT * FROM read_parquet([{listed}])")
    return connection


def default_pool() -> str:
    """The pool that was built last under ./pools. Raises QueryError if there is none."""
    manifests = sorted(Path("pools").glob("*/manifest.json"), key=lambda p: p.stat().st_mtime)
    if not manifests:
        raise QueryError(
            "no pool under ./pools; name one with --pool, or run `longcot build` first"
        )
    return str(manifests[-1].parent)
