"""Whether a file still says what was written: its sha256 against the one kept when it was made.

Arrow checks the pages that it reads, nobody checks footers, and DuckDB checks nothing; so a shard's
digest is taken once per process before anybody reads it. Hashing goes at the speed of the disk.
"""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from schemas.errors import PoolError

if TYPE_CHECKING:
    from tasks.pool.store import Pool, Shard

_seen: dict[tuple[str, int, int], str] = {}
_lock = Lock()


def digest_of(pool: "Pool", relative: str) -> str:
    """The sha256 of a file of the pool, in hex; read once per process while it stays the same."""
    path = pool.path(relative)
    facts = os.stat(path) if pool.local else None
    seen = (path, facts.st_size, facts.st_mtime_ns) if facts else None
    if seen in _seen:
        return _seen[seen]
    sha256 = hashlib.sha256()
    with pool.fs.open(path, "rb") as source:
        while data := source.read(2**20):
            sha256.update(data)
    if seen:
        with _lock:
            if len(_seen) > 100_000:
                _seen.clear()
            _seen[seen] = sha256.hexdigest()
    return sha256.hexdigest()


def is_whole(pool: "Pool", shard: "Shard") -> bool:
    """Whether a shard's bytes are those that its receipt tells of.

    A shard whose receipt is lost has no `sha256`: who reads it checks its pages alone.
    """
    return not shard.sha256 or digest_of(pool, shard.path) == shard.sha256


def check(pool: "Pool", shards: Iterable["Shard"]) -> None:
    """Refuse shards whose bytes have changed. Raises PoolError naming the first of them."""
    listed = list(shards)
    with ThreadPoolExecutor(os.cpu_count() or 2) as threads:
        for shard, whole in zip(
            listed, threads.map(lambda s: is_whole(pool, s), listed), strict=True
        ):
            if not whole:
                raise damaged(pool, shard.path)


def damaged(pool: "Pool", relative: str) -> PoolError:
    """What is said of a file whose bytes have changed."""
    return PoolError(
        f"{pool.path(relative)}: damaged: its bytes are not those that were written; "
        f"`longcot fsck {pool.url}` says what heals by itself and what would cost money"
    )
