"""What of a pool is needed: by its manifest, by the versions that are kept, by an unfinished build.

Nothing else refers to a file: a version lists its files and tables, the manifest what is live, and
a receipt what its work wrote. What a model was paid for is needed whether it is live or not: it may
be live again, and is not bought twice.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import PoolError
from tasks.keeping.fsck import BOUGHT
from tasks.pool.release_files import stored
from tasks.pool.store import Pool, Receipt, Shard
from tasks.publishing.versions import Version


@dataclass
class Needed:
    """Paths relative to the pool.

    live: what the manifest and an unfinished build need, or a model was paid for
    versions: what the kept versions need
    told: receipts that can be read, and what they wrote
    """

    live: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def has(self, path: str) -> bool:
        """Whether anybody needs a file."""
        return path in self.live or path in self.versions


def needed(pool: Pool, kept: Iterable[Version]) -> Needed:
    """What is needed if these versions are kept. Raises PoolError where nobody can tell."""
    manifest = pool.manifest
    found = Needed()
    for version in kept:
        found.versions.update(f"versions/{version.number}.{kind}" for kind in ("json", "html"))
        for file in version.files:
            found.versions.update((file.path, proof(file.path)))
        for shards in version.tables().values():
            found.versions.update(shard.path for shard in shards)
    for table in manifest["tables"]:
        found.live.update(shard.path for shard in pool.live(table))
    for view, shards in manifest.get("views", {}).items():
        for shard in (Shard(**told) for told in shards):  # it has its key in the digest's place
            path = stored(view, shard.sha256)
            found.live.update((shard.path, path, proof(path)))
    every = receipts(pool)
    for path, receipt in every.items():
        found.told.update((path, *(shard.path for shard in receipt.outputs)))
    for path, receipt in _wanted(pool, manifest, every, found).items():
        found.live.update((path, *(shard.path for shard in receipt.outputs)))
    return found


def glob(pool: Pool, pattern: str) -> list[str]:
    """The files of a pool that match, relative to it, sorted."""
    return sorted(str(path)[len(pool.root) + 1 :] for path in pool.fs.glob(pool.path(pattern)))


def proof(path: str) -> str:
    """The file that tells the digest of a released file.

    >>> proof("releases/.store/sft/0a1b.parquet")
    'releases/.store/sft/0a1b.json'
    """
    return path.removesuffix(".parquet") + ".json"


def receipts(pool: Pool) -> dict[str, Receipt]:
    """Every receipt that can be read, by its path. fsck tells of those that cannot."""
    found = {}
    for path in glob(pool, "receipts/*/*.json"):
        try:
            content = pool.get_json(path)
            outputs = [Shard(**shard) for shard in content.pop("outputs")]
            found[path] = Receipt(outputs=outputs, **content)
        except (PoolError, KeyError, TypeError):
            continue
    return found


def bought(receipt: Receipt) -> bool:
    """Whether its rows were paid for: not those of a recording, nor a copy of rows."""
    tables = {shard.table for shard in receipt.outputs} & {*BOUGHT}
    if tables == {"traces"}:
        return "wall" in receipt.facts and "of" not in receipt.facts
    return bool(tables)


def _wanted(
    pool: Pool, manifest: dict[str, Any], every: dict[str, Receipt], found: Needed
) -> dict[str, Receipt]:
    """The receipts that are needed, by their paths."""
    stages = manifest.get("stages", {})
    last = pool.fs.modified(pool.path("manifest.json"))
    wanted: dict[str, Receipt] = {}
    for path, receipt in every.items():
        live = receipt.key in stages.get(receipt.stage, [])
        # A build that was killed, or a pilot, has left what the manifest does not list yet.
        later = pool.fs.modified(pool.path(path)) > last
        if live or later or bought(receipt) or _stands(receipt, found):
            wanted[path] = receipt
    keys = {receipt.key for receipt in wanted.values()}
    listings = {
        path: receipt
        for path, receipt in every.items()
        if "live" in receipt.facts and {*receipt.facts["live"], *receipt.parents} <= keys
    }
    return {**wanted, **listings}


def _stands(receipt: Receipt, found: Needed) -> bool:
    """Whether all that it wrote is needed: without it the work would be done again."""
    return bool(receipt.outputs) and all(found.has(shard.path) for shard in receipt.outputs)


def files(pool: Pool) -> dict[str, int]:
    """Every file of the pool with its size in bytes; not the lock."""
    told = pool.fs.find(pool.root, detail=True)
    found = {str(path)[len(pool.root) + 1 :]: int(told[path]["size"]) for path in sorted(told)}
    locks = (".lock", f".lease{os.sep}")
    return {path: size for path, size in found.items() if not path.startswith(locks)}
