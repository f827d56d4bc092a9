"""Damage to a live teacher's shards and receipts, mended before anything is asked for.

A shard is made again from its second copy (see `second_copy.py`), a receipt from its shard. What
neither helps is lost: it is asked for again only where the user says so, and of a shard that
can still be read in part, the rest alone.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import PoolError
from schemas.recipe.teachers import Prices
from tasks.generation.live import second_copy
from tasks.generation.live.plan import spec_of
from tasks.pool.store import Pool, Receipt, Shard

STAGE = "generate"


@dataclass(frozen=True)
class Damage:
    """A receipt whose shard is gone or damaged, and the rows of it that can still be read."""

    receipt: Receipt
    why: str
    left: pa.Table | None

    @property
    def lost(self) -> int:
        """Rows that would have to be bought again."""
        whole = int(self.receipt.facts["rows"])
        return whole - (self.left.num_rows if self.left else 0)


def heal(
    pool: Pool, recipe: str, rebuy: bool, prices: Prices | None = None, deep: bool = False
) -> None:
    """Mend what can be mended; `deep` reads every page of every shard.

    Raises PoolError, and changes nothing that cannot be mended, where answers are lost that were
    paid for, unless `rebuy` lets them be asked for again.
    """
    lost = {}
    for key, found in _looked_at(pool, deep):
        if isinstance(found, Damage):
            lost[key] = found
        elif found is None:
            _set_aside(pool, f"receipts/{STAGE}/{key}.json")
    sound = {receipt.key for receipt in _sound(pool, lost)}
    for spec, key in second_copy.kept_keys(pool):
        if key not in sound:
            made = second_copy.read(pool, spec, key)
            second_copy.commit(pool, key, made, recipe)
            _say(f"{made.teacher}: shard {key} was damaged or gone; {len(made.records)} traces of "
                 "it are made again from the journal")  # fmt: skip
            lost.pop(key, None)
            sound.add(key)
    _receipts_from_shards(pool, sound | lost.keys())
    if lost and not rebuy:
        raise PoolError(_paragraph(pool, list(lost.values()), prices))
    for damage in lost.values():
        _salvage(pool, damage, recipe)


def _looked_at(pool: Pool, deep: bool) -> Iterator[tuple[str, Receipt | Damage | None]]:
    """Every receipt with its state; None where it cannot be read, or stands for what is free."""
    folder = pool.path(f"receipts/{STAGE}")
    names = pool.fs.ls(folder, detail=False) if pool.fs.exists(folder) else []
    for name in sorted(names):
        if not name.endswith(".json"):
            continue
        key = PurePath(name).stem
        try:
            content = pool.get_json(f"receipts/{STAGE}/{key}.json")
            shards = [Shard(**shard) for shard in content.pop("outputs")]
            receipt = Receipt(outputs=shards, **content)
        except (PoolError, TypeError, KeyError, AttributeError):
            yield key, None
            continue
        shard = receipt.shard("traces")
        if shard is None or "wall" not in receipt.facts:  # a recording's: its source has it all
            continue
        why = _wrong(pool, shard, deep)
        if why is None:
            yield key, receipt
        elif "of" in receipt.facts:  # a copy of rows of another shard
            yield key, None
        else:
            yield key, Damage(receipt, why, _readable(pool, shard))


def _wrong(pool: Pool, shard: Shard, deep: bool) -> str | None:
    """What is wrong with a shard; None where nothing is seen."""
    if not pool.exists(shard.path):
        return "is gone"
    size = pool.fs.size(pool.path(shard.path))
    if size != shard.bytes:
        return f"has {size} bytes where its receipt says {shard.bytes}"
    if deep:
        try:
            pool.read(shard)
        except PoolError as error:
            return f"cannot be read ({error.__cause__ or error})"
    return None


def _readable(pool: Pool, shard: Shard) -> pa.Table | None:
    """The row groups of a damaged shard that can be read; None where there is none."""
    try:
        data = pool.fs.cat_file(pool.path(shard.path))
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return None
    groups = []
    for number in range(file.num_row_groups):
        try:
            groups.append(file.read_row_group(number))
        except (OSError, pa.ArrowException):
            continue
    return pa.concat_tables(groups) if groups else None


def _sound(pool: Pool, lost: dict[str, Damage]) -> Iterator[Receipt]:
    for key, found in _looked_at(pool, deep=False):
        if isinstance(found, Receipt) and key not in lost:
            yield found


def _receipts_from_shards(pool: Pool, known: set[str]) -> None:
    """Write the receipts of a live teacher's shards that have none. Their keys prove them whole:
    they are hashes of the teacher and of every row's content.
    """
    for path in sorted(pool.fs.glob(pool.path(f"traces/{STAGE}-*.parquet"))):
        key = PurePath(path).stem.removeprefix(f"{STAGE}-")
        if key in known or pool.exists(f"receipts/{STAGE}/{key}.json"):
            continue
        relative = f"traces/{STAGE}-{key}.parquet"
        try:
            columns = ["teacher", "content", "prompt_tokens", "completion_tokens"]
            rows = pool.read(Shard("traces", relative, 0, 0, ""), columns).to_pydict()
        except PoolError:
            continue  # what it was nobody can tell; it is no receipt's
        teachers = set(rows["teacher"])
        if len(teachers) != 1:
            continue
        teacher = teachers.pop()
        if second_copy.shard_key(spec_of(teacher), rows["content"]) != key:
            continue
        tokens = [sum(n or 0 for n in rows[c]) for c in ("prompt_tokens", "completion_tokens")]
        count = len(rows["content"])
        facts = {"spec": spec_of(teacher), "rows": count, "wall": 0.0, "tokens": tokens}
        data = pool.fs.cat_file(path)
        shard = Shard("traces", relative, count, len(data), second_copy.sha256(data))
        receipt = Receipt(STAGE, key, teacher, [shard], facts=facts)
        pool.put_json(f"receipts/{STAGE}/{key}.json", asdict(receipt))
        _say(f"{teacher}: the receipt of shard {key} is made again from the shard")


def _salvage(pool: Pool, damage: Damage, recipe: str) -> None:
    """Make a shard of the rows that are left of a damaged one; the rest is asked for again."""
    old, shard = damage.receipt, damage.receipt.shard("traces")
    assert shard is not None
    if damage.left is not None:
        contents = damage.left.column("content").to_pylist()
        facts = {**old.facts, "rows": len(contents), "wall": 0.0}
        key = second_copy.shard_key(str(old.facts["spec"]), contents)
        made = replace(old, key=key, outputs=[], facts=facts)
        pool.commit(made, {"traces": damage.left}, recipe)
    for path in (shard.path, f"receipts/{STAGE}/{old.key}.json"):
        _set_aside(pool, path)
    _say(f"{old.label}: {damage.lost} samples of shard {old.key} are lost and asked for again")


def _set_aside(pool: Pool, relative: str) -> None:
    if pool.exists(relative):
        pool.fs.mv(pool.path(relative), pool.path(f"{relative}.damaged"))


def _paragraph(pool: Pool, lost: list[Damage], prices: Prices | None) -> str:
    shards = [damage.receipt.shard("traces") for damage in lost]
    places = ", ".join(
        f"{pool.path(shard.path)} {damage.why}"
        for damage, shard in zip(lost[:5], shards, strict=False)
        if shard
    )
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    count = sum(damage.lost for damage in lost)
    cost = [0.0, 0.0]
    for damage in lost:
        share = damage.lost / max(1, int(damage.receipt.facts["rows"]))
        told: Any = damage.receipt.facts.get("tokens", [0, 0])
        cost = [cost[n] + share * told[n] for n in (0, 1)]
    money = ""
    if prices:
        money = f", {(cost[0] * prices.prompt + cost[1] * prices.completion) / 1e6:,.2f} in money"
    teachers = ", ".join(sorted({damage.receipt.label for damage in lost}))
    return (
        f"damaged: {places}{more}. {count:,} samples of {teachers} were paid for and are lost: no "
        f"copy is left in journal/. Bring the file back from a backup, or build with --rebuy to "
        f"ask for them again (about {cost[1]:,.0f} tokens{money}). Nothing was asked for"
    )


def _say(what: str) -> None:
    print(f"longcot: {what}", file=sys.stderr)
