"""Journals without some rows: records that wait for a shard, second copies, people's decisions."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pyarrow as pa

from schemas.errors import PoolError
from tasks.generation.live import second_copy
from tasks.keeping.needed import glob
from tasks.llm.journal import LEVEL
from tasks.pool.store import Pool
from tasks.verdicts.adjudication import FILE as DECISIONS

NAMES = ("id", "problem", "row_id", "trace_id")
"""What a record calls the row that it is about."""


def rewrite_copies(pool: Pool, ids: frozenset[str]) -> list[str]:
    """Write the second copies of live teachers' shards that hold these rows without them; returns
    the paths of the old ones, which are to go.
    """
    old = []
    for spec, key in list(second_copy.kept_keys(pool)):
        path = f"journal/{spec}/kept/{key}.jsonl.zst"
        try:
            kept = second_copy.read(pool, spec, key)
        except PoolError as error:  # it heals nothing; a person may see what is in it
            print(f"longcot: {error}; look whether it holds what is forgotten", file=sys.stderr)
            continue
        left = [one for one in kept.records if one.id not in ids and one.problem not in ids]
        if len(left) == len(kept.records):
            continue
        old.append(path)
        if left:
            made = replace(kept, records=left)
            second_copy.keep(pool, second_copy.key_of(made), made)
    return old


def rewrite_records(pool: Pool, ids: frozenset[str]) -> None:
    """Take these rows out of the files of journals and out of people's decisions, in place."""
    copies = {f"journal/{spec}/kept/{key}.jsonl.zst" for spec, key in second_copy.kept_keys(pool)}
    for path in glob(pool, "journal/**/*.jsonl*"):
        if path not in copies:
            _rewrite(pool, path, ids, path.endswith(".zst"))
    if pool.exists(DECISIONS):
        _rewrite(pool, DECISIONS, ids, packed=False)


def _rewrite(pool: Pool, path: str, ids: frozenset[str], packed: bool) -> None:
    data = pool.fs.cat_file(pool.path(path))
    if packed:
        try:
            data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
        except pa.ArrowException:
            return  # nobody can read it, nor does a build
    lines = data.splitlines(keepends=True)
    left = [*_left(lines, ids)]
    if left != lines:
        whole = b"".join(left)
        told = pa.Codec("zstd", LEVEL).compress(whole, asbytes=True) if packed else whole
        pool.put(path, lambda sink: sink.write(told))


def _left(lines: Iterable[bytes], ids: frozenset[str]) -> Iterator[bytes]:
    """The lines without the records of these rows; those that are no JSON stay as they are."""
    for line in lines:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield line
            continue
        kept = without(record, ids)
        if kept == record:
            yield line
        elif kept:
            yield orjson.dumps(kept) + b"\n"


def without(record: Any, ids: frozenset[str]) -> Any:
    """A record without these rows: None where it is about one; of one that is keyed by rows, the
    others.

    >>> without({"a": 1, "b": 2}, frozenset("a")), without({"id": "a"}, frozenset("a"))
    ({'b': 2}, None)
    """
    if not isinstance(record, dict):
        return record
    if any(record.get(name) in ids for name in NAMES if isinstance(record.get(name), str)):
        return None
    return {key: value for key, value in record.items() if key not in ids}
