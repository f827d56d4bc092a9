"""fsck: which of a pool's live files are damaged, and what each would cost."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from tasks.pool.integrity import is_whole
from tasks.pool.store import Pool, Shard

BOUGHT = ("traces", "answers", "embeddings")
"""Tables that a model may have been paid for."""


class Damage(NamedTuple):
    """A damaged file, what is wrong with it, and what to do."""

    file: str
    what: str
    then: str


def fsck(pool: Pool, deep: bool) -> Iterator[Damage]:
    """The damages of what the manifest lists; `deep` reads every byte, else sizes alone.

    Raises PoolError where the manifest itself cannot be read.
    """
    for path in sorted(pool.fs.glob(pool.path("receipts/**/*.json"))):
        try:
            json.loads(pool.fs.cat_file(path))
        except ValueError as error:
            yield Damage(path, f"no JSON: {error}", "move it away and build again")
    for table in pool.manifest["tables"]:
        for shard in pool.live(table):
            if what := _wrong(pool, shard, deep):
                yield Damage(pool.path(shard.path), what, _then(table, shard))
    for name, shards in pool.manifest.get("views", {}).items():
        for shard in (Shard(**s) for s in shards):
            if what := _wrong_release(pool, name, shard, deep):
                then = f"delete releases/{name}, releases/.store/{name} and build again: no cost"
                yield Damage(pool.path(shard.path), what, then)


def _wrong(pool: Pool, shard: Shard, deep: bool) -> str | None:
    if not pool.exists(shard.path):
        return "missing"
    size = pool.fs.size(pool.path(shard.path))
    if size != shard.bytes:
        return f"{size:,} bytes where {shard.bytes:,} were written"
    if deep and not is_whole(pool, shard):
        return "its bytes are not those that were written"
    return None


def _wrong_release(pool: Pool, view: str, shard: Shard, deep: bool) -> str | None:
    proof = f"releases/.store/{view}/{shard.sha256}.json"  # the key stands in the digest's place
    if deep and pool.exists(proof):
        told = pool.get_json(proof)
        return _wrong(pool, Shard(**{**shard.__dict__, **told}), deep)
    return _wrong(pool, shard, deep=False)


def _then(table: str, shard: Shard) -> str:
    if table in BOUGHT:
        return (
            "a recording's is read again from its files: move it away and build. What a model was "
            "paid for is not to be deleted: keep the file and journal/, which may hold it still; "
            "without them it costs money"
        )
    return "move it away and build again: it is computed anew, at no cost"
