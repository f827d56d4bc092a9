"""fsck: which of a pool's live files are damaged, and what each would cost."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from schemas.errors import PoolError
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
    unread = set()
    for path in _json_files(pool):
        try:
            pool.get_json(path)
        except PoolError as error:
            unread.add(path)
            told = str(error).removeprefix(f"{pool.path(path)}: ").partition(";")[0]
            yield Damage(pool.path(path), told, "move it away and build again: no cost")
    stages = pool.manifest.get("stages", {})
    chosen = [f"receipts/select/{key}.json" for key in stages.get("select", [])]
    outputs = [s for p in chosen if p not in unread and pool.exists(p)
               for s in pool.get_json(p)["outputs"]]  # fmt: skip
    live = [shard for table in pool.manifest["tables"] for shard in pool.live(table)]
    for shard in [*live, *(Shard(**s) for s in outputs)]:
        if what := _wrong(pool, shard, deep):
            yield Damage(pool.path(shard.path), what, _then(shard.table))
    for name, shards in pool.manifest.get("views", {}).items():
        for shard in (Shard(**s) for s in shards):
            proof = f"releases/.store/{name}/{shard.sha256}.json"  # a key in the digest's place
            known = pool.exists(proof) and proof not in unread
            proven = replace(shard, **pool.get_json(proof)) if known else shard
            if what := _wrong(pool, proven, deep and known):
                then = f"delete releases/{name}, releases/.store/{name} and build again: no cost"
                yield Damage(pool.path(shard.path), what, then)


def _json_files(pool: Pool) -> list[str]:
    """Every JSON file that a build reads, relative to the pool; not the manifest, read first."""
    found = [*pool.fs.glob(pool.path("receipts/**/*.json"))]
    found += pool.fs.glob(pool.path("releases/.store/*/*.json"))
    paths = sorted(path.removeprefix(pool.path("")) for path in found)
    return [*paths, *(["report.json"] if pool.exists("report.json") else [])]


def _wrong(pool: Pool, shard: Shard, deep: bool) -> str | None:
    if not pool.exists(shard.path):
        return "missing"
    size = pool.fs.size(pool.path(shard.path))
    if size != shard.bytes:
        return f"{size:,} bytes where {shard.bytes:,} were written"
    if deep and not is_whole(pool, shard):
        return "its bytes are not those that were written"
    return None


def _then(table: str) -> str:
    if table in BOUGHT:
        return (
            "a recording's is read again from its files: move it away and build. What a model was "
            "paid for is not to be deleted: keep the file and journal/, which may hold it still; "
            "without them it costs money"
        )
    return "move it away and build again: it is computed anew, at no cost"
