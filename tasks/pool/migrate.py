"""Older formats of the pool: how they are read, and how a pool is brought over.

    1   what a step set aside stood in `rejects` beside malformed rows, its column was `stage`
    2   it stands in `set_aside`, and the manifest says which steps decide

Nothing is computed or asked again. Every file is written whole, the manifest last but for the
deletion of what has moved: a pool that is brought over half-way is read as it was, and bringing it
over again does the rest.
"""

import os
from dataclasses import replace
from typing import Any

from schemas.errors import PoolError
from schemas.tables import SET_ASIDE
from tasks.pool.store import FORMAT, Pool, Receipt, Shard

DECIDING_1 = ("screen", "dedupe", "dedupe_semantic", "decontaminate")
"""In format 1 the steps that decide were the same for all pools."""

CAME_IN = ("ingest-aside", "generate-aside")
"""The stages whose rows are rejects for good."""


def as_now(url: str, content: dict[str, Any]) -> dict[str, Any]:
    """A manifest of any format as one of this. Raises PoolError where it is of none."""
    if content.get("format") == "1":
        shards = content["tables"].get("rejects", [])
        steps = [shard for shard in shards if not _came_in(shard["path"])]
        rejects = [shard for shard in shards if shard not in steps]
        moved = {"rejects": rejects, "set_aside": [{**s, "table": "set_aside"} for s in steps]}
        tables = {**content["tables"], **{t: found for t, found in moved.items() if found}}
        if not rejects:
            tables.pop("rejects", None)
        deciding = [step for step in DECIDING_1 if step in content["stages"]]
        return {**content, "tables": tables, "deciding": deciding, "format": FORMAT}
    if content.get("format") != FORMAT:
        raise PoolError(
            f"{url}: written in format {content.get('format')}; this longcot "
            f"reads the formats 1 to {FORMAT}: use the one that wrote it, or a newer one"
        )
    return content


def older(pool: Pool) -> list[Receipt]:
    """The receipts that still have what they set aside among the rejects."""
    content = pool.get_json("manifest.json") if pool.exists("manifest.json") else {}
    if content:
        as_now(pool.url, content)
    if content.get("format") == FORMAT or not pool.exists("receipts"):
        return []
    stages = sorted(os.path.basename(path) for path in _list(pool, "receipts"))
    return [
        receipt
        for stage in stages
        if stage not in CAME_IN
        for receipt in pool.receipts(stage)
        if receipt.shard("rejects")
    ]


def current(pool: Pool) -> bool:
    """Whether nothing is left to bring over."""
    if not pool.exists("manifest.json"):
        return True
    return pool.get_json("manifest.json").get("format") == FORMAT and not _to_move(pool)


def explained(pool: Pool, found: list[Receipt]) -> str:
    """What bringing the pool over will do, in one line."""
    rows = sum(receipt.whole("rejects").rows for receipt in found)
    tables = len(found)
    return (
        f"{pool.url}: of format 1, is brought over to format {FORMAT}: {tables} small tables of "
        f"rows set aside ({rows:,} rows) move from `rejects` to `set_aside`; nothing is computed "
        "or asked again"
    )


def migrate(pool: Pool, found: list[Receipt]) -> None:
    """Bring a pool over, `found` being what is `older` of it. Harmless where nothing is."""
    content = pool.get_json("manifest.json") if pool.exists("manifest.json") else {}
    moved = {}
    for receipt in found:
        shard = receipt.whole("rejects")
        table = pool.read(shard).rename_columns({"stage": "step"})
        left = [one for one in receipt.outputs if one != shard]
        fresh = replace(receipt, outputs=left)
        made = pool.commit(
            fresh, {"set_aside": table.select(SET_ASIDE.names)}, content.get("recipe", "")
        )
        moved[shard.path] = made.whole("set_aside")
    if content and content["format"] != FORMAT:
        now = as_now(pool.url, content)
        shards = now["tables"].get("set_aside", [])
        # What an earlier attempt has moved stands under the same name.
        now["tables"]["set_aside"] = [vars(_moved(pool, shard, moved)) for shard in shards]
        if not shards:
            del now["tables"]["set_aside"]
        pool.put_json("manifest.json", now)
    for path in _to_move(pool):
        pool.fs.rm_file(path)


def _moved(pool: Pool, shard: dict[str, Any], moved: dict[str, Shard]) -> Shard:
    if shard["path"] in moved:
        return moved[shard["path"]]
    stage, _, key = os.path.basename(shard["path"]).removesuffix(".parquet").rpartition("-")
    receipt = pool.receipt(stage, key)
    if receipt is None or receipt.shard("set_aside") is None:
        raise PoolError(f"{pool.path(shard['path'])}: missing; build again with the recipe")
    return receipt.whole("set_aside")


def _to_move(pool: Pool) -> list[str]:
    """The shards of what steps set aside that still lie among the rejects."""
    shards = [path for path in _list(pool, "rejects") if path.endswith(".parquet")]
    return [path for path in shards if not _came_in(path)]


def _came_in(path: str) -> bool:
    return os.path.basename(path).startswith(CAME_IN)


def _list(pool: Pool, folder: str) -> list[str]:
    path = pool.path(folder)
    return list(pool.fs.ls(path, detail=False)) if pool.fs.exists(path) else []
