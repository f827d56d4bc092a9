"""gc: what the files of a pool are for, and the deletion of those that nothing needs.

First the versions that are not kept go, then files that nothing refers to any more, last their
receipts. So a pool is whole at any moment in between, and the next run deletes the rest.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.errors import PoolError
from schemas.tables import TABLES
from tasks.keeping.fsck import BOUGHT
from tasks.keeping.needed import Needed, files, needed
from tasks.pool.store import COLUMNS, Pool
from tasks.publishing.versions import load, numbers

GOES = ("versions", "released files", "tables", "selections", "receipts")
"""Kinds of which files may go, in the order in which they do."""


class File(NamedTuple):
    """A file of the pool: what it is, its size in bytes, and whether nothing needs it."""

    path: str
    kind: str
    bytes: int
    goes: bool


def survey(pool: Pool, keep: int | None = None) -> list[File]:
    """Every file of a pool, in the order of their going.

    keep: the number of versions that stay, the latest of them; None: all
    Raises PoolError where there is no pool, or its first build has not finished.
    """
    if not pool.manifest.get("whole", True):
        raise PoolError(
            f"{pool.url}: no build has finished here yet, and all that there is may be needed; "
            "build first"
        )
    every = numbers(pool)
    kept = every if keep is None else every[max(0, len(every) - keep) :]
    wanted = needed(pool, [load(pool, number) for number in kept])
    found = [_file(path, size, wanted) for path, size in files(pool).items()]
    return sorted(found, key=lambda file: (_place(file.kind), file.path))


def summed(found: list[File]) -> Iterator[dict[str, Any]]:
    """Rows `what, files, bytes, can go, bytes that can go`, one for each kind of file."""
    for kind in dict.fromkeys(file.kind for file in found):
        own = [file for file in found if file.kind == kind]
        gone = [file for file in own if file.goes]
        yield {
            "what": kind,
            "files": len(own),
            "bytes": sum(file.bytes for file in own),
            "can go": len(gone),
            "bytes that can go": sum(file.bytes for file in gone),
        }


def collect(pool: Pool, found: list[File]) -> None:
    """Delete what can go. Whoever calls holds the pool."""
    for file in found:
        if file.goes:
            pool.fs.rm_file(pool.path(file.path))


def _file(path: str, size: int, wanted: Needed) -> File:
    kind = _kind(path)
    goes = kind in GOES and not wanted.has(path)
    if kind == "receipts" or path.split("/", maxsplit=1)[0] in BOUGHT:
        # A receipt that cannot be read, and a shard without one, may stand for what was paid for.
        goes = goes and path in wanted.told
    return File(path, kind, size, goes)


def _place(kind: str) -> int:
    return GOES.index(kind) if kind in GOES else len(GOES)


def _kind(path: str) -> str:
    """What a file is for; what longcot does not know is `other` and stays."""
    folder = path.split("/", maxsplit=1)[0]
    match folder:
        case "releases" if path.startswith("releases/.store/"):
            return "released files"
        case "releases":
            return "folders of the latest release"
        case "versions" | "selections" | "receipts":
            return folder
        case "journal":
            return "journals: what was paid for"
        case "logs":
            return "logs"
    return "tables" if folder in (*TABLES, COLUMNS) and path.endswith(".parquet") else "other"
