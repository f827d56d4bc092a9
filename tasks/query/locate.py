"""Opening what a build left, for queries: a pool, or any folder of Parquet files."""

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import PoolError, QueryError
from tasks.pool.store import Pool, Shard
from tasks.query.sql import bare, connect, listed, lock

if TYPE_CHECKING:
    import duckdb


def open_any(place: str, files: bool = False) -> "duckdb.DuckDBPyConnection":
    """A connection with every table of a pool and its views (`view_<name>`), or `release`.

    `files`: queries may also read what else the machine has. Raises PoolError where there is
    neither, or where it is damaged.
    """
    pool = Pool(place)
    if pool.exists("manifest.json"):
        views = {
            name: [Shard(**shard) for shard in shards]
            for name, shards in pool.manifest.get("views", {}).items()
        }
        tables = {table: pool.live(table) for table in pool.manifest["tables"]}
        return connect(pool, tables, pool.manifest["deciding"], views, files)
    found = sorted(str(path) for path in Path(place).rglob("*.parquet"))
    if not found:
        raise PoolError(f"{place}: no pool here (no manifest.json) and no Parquet files")
    connection = bare()
    connection.execute(f"CREATE TEMP VIEW release AS SELECT * FROM read_parquet({listed(found)})")
    if not files:
        lock(connection, found)
    return connection


def default_pool() -> str:
    """The pool that was built last under ./pools. Raises QueryError if there is none."""
    manifests = sorted(Path("pools").glob("*/manifest.json"), key=lambda p: p.stat().st_mtime)
    if not manifests:
        raise QueryError(
            "no pool under ./pools; name one with --pool, or run `longcot build` first"
        )
    return str(manifests[-1].parent)
