"""forget: rows leave every table, journal, second copy and version, and never come back.

First the ids are remembered (tasks/pool/forgotten.py), and a mark says that the rows are to go.
Then every file that holds one is written anew beside the old one, the versions and the manifest are
made to point to the new ones, and the old ones go; last the mark. Each step can be done again: a
run that was killed is taken up by the next, or by the next build. Versions and tables are whole at
any moment; the folders that trainers load are swapped one by one.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from schemas.identity import digest_all
from tasks.keeping.journals import rewrite_copies, rewrite_records
from tasks.keeping.needed import glob, proof, receipts
from tasks.keeping.removals import lines, write_list
from tasks.keeping.without import (
    Rewritten,
    release_without,
    rewrite_file,
    rewrite_tables,
    without_rows,
)
from tasks.pool.forgotten import PENDING, forgotten, remember
from tasks.pool.store import Pool, Shard
from tasks.publishing.versions import Version, load, numbers


def forget(pool: Pool, ids: set[str]) -> str | None:
    """Forget rows; returns the path of the removal list, None where no version has any of them.

    Whoever calls holds the pool.
    """
    remember(pool, ids)
    name = f"removals/{digest_all(sorted(ids))[:16]}.jsonl"
    pool.put_json(PENDING, {"list": name})
    purge(pool)
    return name if pool.exists(name) else None


def purge(pool: Pool) -> None:
    """Take out whatever is forgotten and still there. Raises PoolError where a file is damaged."""
    ids = forgotten(pool).ids
    versions = [load(pool, number) for number in numbers(pool)]
    found = Rewritten()
    for version in versions:
        for file in version.files:
            rewrite_file(pool, file, ids, found)
    name = pool.get_json(PENDING)["list"]
    if not pool.exists(name):
        write_list(pool, name, _removals(pool, versions, found))
    rewrite_tables(pool, ids, found)
    copies = rewrite_copies(pool, ids)
    for version in versions:
        _point_version(pool, version, ids, found)
    _point_manifest(pool, found)
    _delete(pool, ids, found, copies)
    rewrite_records(pool, ids)
    pool.fs.rm_file(pool.path(PENDING))


def _removals(pool: Pool, versions: list[Version], found: Rewritten) -> Iterator[dict[str, Any]]:
    """The lines of the removal list: what the versions had."""
    for version in versions:
        gone = [(file.view, one, "forgotten") for file in version.files
                for one in found.gone.get(file.path, [])]  # fmt: skip
        yield from lines(pool, version, gone)


def _point_version(pool: Pool, version: Version, ids: frozenset[str], found: Rewritten) -> None:
    """Make a version refer to what is left of its files; it says that rows left."""
    tables = {table: _now(shards, found) for table, shards in version.content["tables"].items()}
    files = [asdict(found.files.get(file.path, file)) for file in version.files]
    rows = sum(len(found.gone.get(file.path, [])) for file in version.files)
    before = version.content.get("forgotten", {"rows": 0})
    content = {
        **version.content,
        "tables": {table: shards for table, shards in tables.items() if shards},
        "files": files,
        "report": scrubbed(version.content["report"], ids),
    }
    if content != version.content:
        content["forgotten"] = {"rows": before["rows"] + rows}
        pool.put_json(f"versions/{version.number}.json", content)


def _point_manifest(pool: Pool, found: Rewritten) -> None:
    """Make the manifest, and the folders that trainers load, show what is left."""
    content = pool.get_json("manifest.json")
    tables = {table: _now(shards, found) for table, shards in content["tables"].items()}
    views = release_without(pool, content.get("views", {}), found)
    tables = {table: shards for table, shards in tables.items() if shards}
    pool.put_json("manifest.json", {**content, "tables": tables, "views": views})


def _now(shards: list[dict[str, Any]], found: Rewritten) -> list[dict[str, Any]]:
    new = [found.shards.get(shard["path"], Shard(**shard)) for shard in shards]
    return [asdict(shard) for shard in new if shard]


def _delete(pool: Pool, ids: frozenset[str], found: Rewritten, copies: list[str]) -> None:
    """Delete the old files: receipts before their shards, so that no receipt stands without."""
    beside = [*glob(pool, "selections/*.parquet"), *glob(pool, "releases/.store/*/*.parquet")]
    old = [*found.shards, *(path for path in beside if without_rows(pool, path, ids))]
    for path, receipt in receipts(pool).items():
        if any(shard.path in old for shard in receipt.outputs):
            pool.fs.rm_file(pool.path(path))
    proofs = [proof(path) for path in old if path.startswith("releases/")]
    pages = [*glob(pool, "versions/*.html"), "report.html"]  # they quote rows in full
    for path in [*old, *proofs, *copies, *glob(pool, "*/*.damaged"), *pages]:
        if pool.exists(path):
            pool.fs.rm_file(pool.path(path))
    for name in ("report.json", "plan.json"):
        if pool.exists(name):
            pool.put_json(name, scrubbed(pool.get_json(name), ids))


def scrubbed(value: Any, ids: frozenset[str]) -> Any:
    """JSON without the members of lists that name one of these ids.

    >>> scrubbed({"rows": [{"id": "a"}, {"id": "b"}], "n": 2}, frozenset("a"))
    {'rows': [{'id': 'b'}], 'n': 2}
    """
    if isinstance(value, dict):
        return {key: scrubbed(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [scrubbed(one, ids) for one in value if not _names(one, ids)]
    return value


def _names(value: Any, ids: frozenset[str]) -> bool:
    if isinstance(value, dict):
        return any(isinstance(one, str) and one in ids for one in value.values())
    return isinstance(value, str) and value in ids
