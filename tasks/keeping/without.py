"""Files of a pool without some rows: written beside the old ones, under names of their own.

Nothing is changed here: who calls makes manifests point to the new files, and then deletes the old.
The names are hashes of the old name and of what left, so doing it again writes the same.
"""

from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import PoolError
from schemas.identity import digest, digest_all
from tasks.generation.live.plan import spec_of
from tasks.generation.live.second_copy import shard_key
from tasks.keeping.needed import glob, receipts
from tasks.pool.jobs import frame_of
from tasks.pool.parquet import write_parquet
from tasks.pool.release_files import publish, store, stored
from tasks.pool.store import COLUMNS, Pool, Receipt, Shard, folder_of
from tasks.publishing.diff.rows import KEYS
from tasks.publishing.versions import File, hashed

IDS = ("problem_id", "trace_id", "row_id", "duplicate_of", "chosen_id", "rejected_id",
       "child", "parent")  # fmt: skip
"""The columns that name a problem or trace, wherever they stand."""

LASTING = ("problems", "traces", "answers", "embeddings")
"""Tables whose other rows need not be read, drawn or asked for again: their receipts go along."""


class Left(NamedTuple):
    """What is left of a file, and the ids of the rows that are not."""

    rows: pa.Table
    gone: list[str]


@dataclass
class Rewritten:
    """What became of the files that held such rows, by their old paths.

    shards: the new shard; None: no row is left
    files: the new file of a release
    gone: the ids of the rows that left, by the path of the file of a release
    """

    shards: dict[str, Shard | None] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)


def without_rows(pool: Pool, path: str, ids: frozenset[str]) -> Left | None:
    """The rows of a Parquet file that name none of these; None where all are left.

    Of a file without ids nobody can tell which rows are meant: none of it is left.
    Raises PoolError where it is damaged.
    """
    wanted = pl.Series(sorted(ids), dtype=pl.String).implode()
    try:
        with pool.fs.open(pool.path(path), "rb") as source, pq.ParquetFile(source) as file:
            names = file.schema_arrow.names
            own = [name for name in IDS if name in names]
            if not file.metadata.num_rows:
                return None
            told = frame_of(file.read(columns=own)) if own else pl.DataFrame()
            meant = pl.any_horizontal(pl.col(own).is_in(wanted)).fill_null(value=False)
            mask = told.select(meant=meant)["meant"] if own else None
            if mask is not None and not mask.any():
                return None
            rows = file.read()
    except (pa.ArrowException, OSError) as error:
        raise PoolError(
            f"{pool.path(path)}: damaged ({error}): nobody can tell whether it holds what is to be "
            "forgotten; delete it or bring it back, and run the same command again"
        ) from None
    if mask is None:
        return Left(rows.slice(0, 0), [])
    key = next((key for key in KEYS if set(key) <= {*own}), own[:1])
    gone = told.filter(mask).select(pl.concat_str(key, separator="/"))
    return Left(rows.filter(pa.array(~mask)), gone.to_series().to_list())


def rewrite_tables(pool: Pool, ids: frozenset[str], found: Rewritten) -> None:
    """Write every shard that names one of these without it, with its receipt where that lasts."""
    owners = {shard.path: one for one in receipts(pool).values() for shard in one.outputs}
    tables = [path for path in glob(pool, "*/*.parquet") if not path.startswith("selections/")]
    tables += glob(pool, f"{COLUMNS}/*/*.parquet")
    keys: dict[str, str] = {}
    # Problems first: other receipts name their shards.
    for path in sorted(tables, key=lambda path: (not path.startswith("problems/"), path)):
        if left := without_rows(pool, path, ids):
            new = _rewrite(pool, path, left, owners.get(path), keys)
            found.shards[path] = new
            if new:
                keys[_key(path)] = _key(new.path)


def rewrite_file(pool: Pool, file: File, ids: frozenset[str], found: Rewritten) -> None:
    """Write a file of a release without these rows; one without a row keeps its columns."""
    if file.path in found.files or not (left := without_rows(pool, file.path, ids)):
        return
    key = _fresh_key(file.key, left)
    store(pool, file.view, key, lambda sink: _write(sink, left.rows, key))
    path = stored(file.view, key)
    sha256, size = hashed(pool, path)
    rows = left.rows.num_rows
    found.files[file.path] = replace(file, path=path, rows=rows, bytes=size, sha256=sha256)
    found.gone[file.path] = left.gone


def release_without(
    pool: Pool, views: dict[str, list[dict[str, Any]]], found: Rewritten
) -> dict[str, list[dict[str, Any]]]:
    """Make the folders that trainers load show the new files; returns `views` of the manifest."""
    now = {}
    for view, told in views.items():
        shown = [Shard(**shard) for shard in told]
        files = [found.files.get(stored(view, shard.sha256)) for shard in shown]
        if any(files):
            left = [
                (_split(shard), *((file.key, file.rows) if file else (shard.sha256, shard.rows)))
                for shard, file in zip(shown, files, strict=True)
            ]
            shown = publish(pool, view, left)
        now[view] = [asdict(shard) for shard in shown]
    return now


def _split(shard: Shard) -> str:
    """The split of a file that a view's folder shows: `train-00000-of-00003.parquet`."""
    return PurePath(shard.path).name.rsplit("-", 3)[0]


def _rewrite(
    pool: Pool, path: str, left: Left, receipt: Receipt | None, keys: dict[str, str]
) -> Shard | None:
    if not left.rows.num_rows:
        return None
    table, stage = PurePath(path).parent.name, PurePath(path).stem.rpartition("-")[0]
    key = _fresh_key(_key(path), left)
    if table == "traces":
        key = _live_key(pool, path, left) or key
    relative = f"{folder_of(table)}/{stage}-{key}.parquet"
    size, sha256 = pool.put(relative, lambda sink: _write(sink, left.rows, key))
    shard = Shard(table, relative, left.rows.num_rows, size, sha256)
    if receipt and table in LASTING:
        parents = [keys.get(parent, parent) for parent in receipt.parents]
        facts = {**receipt.facts, **({"rows": shard.rows} if "rows" in receipt.facts else {})}
        fresh = replace(receipt, key=key, parents=parents, facts=facts, outputs=[shard])
        pool.put_json(f"receipts/{stage}/{key}.json", vars(fresh) | {"outputs": [vars(shard)]})
    return shard


def _live_key(pool: Pool, path: str, left: Left) -> str | None:
    """The key of what is left of a live teacher's shard: a hash of its rows, which proves it whole
    (tasks/generation/live/heal.py). None for a recording's.
    """
    columns = ["teacher", "content"]
    with pool.fs.open(pool.path(path), "rb") as source:
        before = pq.read_table(source, columns=columns).to_pydict()
    spec = spec_of(before["teacher"][0])
    if len({*before["teacher"]}) > 1 or shard_key(spec, before["content"]) != _key(path):
        return None
    return shard_key(spec, left.rows.column("content").to_pylist())


def _write(sink: Any, rows: pa.Table, key: str) -> None:
    """Write a table with the provenance that it was read with, under another key."""
    told = {k.decode(): v.decode() for k, v in (rows.schema.metadata or {}).items()}
    provenance = {
        name.removeprefix("longcot."): value
        for name, value in told.items()
        if name.startswith("longcot.")
    }
    write_parquet(sink, rows.schema.remove_metadata(), [rows], {**provenance, "key": key})


def _key(path: str) -> str:
    """The key in a shard's name.

    >>> _key("verdicts/verify-0a1b.parquet")
    '0a1b'
    """
    return PurePath(path).stem.rpartition("-")[2]


def _fresh_key(key: str, left: Left) -> str:
    return digest("without", key, digest_all(sorted(left.gone)))[:16]
