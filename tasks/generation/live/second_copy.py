"""What was paid for, a second time: the records of every shard, compressed, under `journal/`.

A shard and its receipt can be made again from this file alone, to the byte. So a shard that was
deleted, cut or damaged costs no request, and neither does its receipt.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import pyarrow as pa

from schemas.errors import PoolError
from schemas.identity import digest, digest_all
from schemas.tables import TRACES
from tasks.generation.live.record import SampleRecord, record_of
from tasks.generation.live.sample import row_of
from tasks.llm.journal import LEVEL
from tasks.pool.store import Pool, Receipt

NAME = re.compile(r"journal/([0-9a-f]+)/kept/([0-9a-f]+)\.jsonl\.zst$")
"""journal/<spec>/kept/<key>.jsonl.zst"""


@dataclass(frozen=True)
class Kept:
    """The records of one shard, in the order of its rows, and what its receipt says."""

    teacher: str
    spec: str
    wall: float
    parents: list[str]
    records: list[SampleRecord]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of `traces`."""
        return [row_of(record, self.teacher) for record in self.records]


def key_of(kept: Kept) -> str:
    """The key of the shard. Pure."""
    return shard_key(kept.spec, [row["content"] for row in kept.rows])


def shard_key(spec: str, contents: list[str]) -> str:
    """The key of a shard of a teacher from its rows' `content`."""
    return digest("live", spec, digest_all(contents))[:16]


def sha256(data: bytes) -> str:
    """The digest of a file, as receipts have it."""
    return hashlib.sha256(data).hexdigest()


def keep(pool: Pool, key: str, kept: Kept) -> None:
    """Write the second copy of a shard."""
    head = {name: getattr(kept, name) for name in ("teacher", "spec", "wall", "parents")}
    lines = b"\n".join(map(orjson.dumps, [head, *kept.records]))
    data = pa.Codec("zstd", LEVEL).compress(lines, asbytes=True)
    pool.put(f"journal/{kept.spec}/kept/{key}.jsonl.zst", lambda sink: sink.write(data))


def commit(pool: Pool, key: str, kept: Kept, recipe: str) -> Receipt:
    """Write a shard and its receipt."""
    tokens = [sum(record.usage[n] or 0 for record in kept.records) for n in (0, 1)]
    facts = {"spec": kept.spec, "rows": len(kept.records), "wall": kept.wall, "tokens": tokens}
    receipt = Receipt("generate", key, kept.teacher, parents=kept.parents, facts=facts)
    return pool.commit(receipt, {"traces": pa.Table.from_pylist(kept.rows, TRACES)}, recipe)


def kept_keys(pool: Pool) -> Iterator[tuple[str, str]]:
    """Teacher's spec and shard's key of every second copy."""
    if pool.fs.exists(pool.path("journal")):
        for path in sorted(pool.fs.glob(pool.path("journal/*/kept/*.jsonl.zst"))):
            found = NAME.search(path)
            if found:
                yield found[1], found[2]


def read(pool: Pool, spec: str, key: str) -> Kept:
    """The second copy of a shard. Raises PoolError where it is damaged itself."""
    path = pool.path(f"journal/{spec}/kept/{key}.jsonl.zst")
    try:
        packed = pa.CompressedInputStream(pa.BufferReader(pool.fs.cat_file(path)), "zstd")
        head, *lines = packed.read().split(b"\n")
        kept = Kept(**orjson.loads(head), records=[record_of(orjson.loads(n)) for n in lines])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise PoolError(f"{path}: damaged ({error})") from None
    if key_of(kept) != key:
        raise PoolError(f"{path}: damaged: its rows are not those of the shard")
    return kept
