"""The pool: a folder (local or any fsspec URL) of shards, receipts and one manifest.

    pool/
      manifest.json            what is live: every table's shards in order, and the funnel
      receipts/<stage>/<key>.json   one per finished piece of work: what it read, wrote and counted
      <table>/<stage>-<key>.parquet
      releases/<view>/         what trainers load
      versions/<n>.json        what every version of the release consists of

A piece of work is done when its receipt stands. The order is shard, then receipt, each written
aside, synced and renamed; so after a crash a shard without receipt is written again, and a receipt
without shard cannot be. The key is a hash of the stage, its version and options, and everything
that it reads: a receipt therefore never goes stale, it is only no longer asked for.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from schemas.errors import PoolError
from schemas.identity import digest
from schemas.tables import CHOSEN, TABLES
from tasks.pool.integrity import check
from tasks.pool.parquet import groups_with, write_parquet

FORMAT = "2"
"""Version of the pool's layout. tasks/pool/migrate.py brings an older one over."""

COLUMNS = "columns"
"""The folder of the tables that a recipe's own steps bring along, by the steps' names."""

PROOF = "digest"
"""The key under which a JSON file of the pool keeps the digest of everything else in it."""
MARK = "blake2b:"
"""What such a digest begins with, so that it is known where its key is damaged."""


@dataclass(frozen=True)
class Shard:
    """One Parquet file of a table; `path` is relative to the pool."""

    table: str
    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """Proof of a finished piece of work.

    `counts` adds up: rows in = rows out + the `aside.<reason>` of it. `aside` is a digest of the
    rows set aside per problem shard, so that later work depends on decisions and not on whose.
    """

    stage: str
    key: str
    label: str
    outputs: list[Shard] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def shard(self, table: str) -> Shard | None:
        """The shard of a table that this work wrote, if any."""
        return next((s for s in self.outputs if s.table == table), None)

    def whole(self, table: str) -> Shard:
        """The shard of a table that this work always writes."""
        shard = self.shard(table)
        assert shard is not None
        return shard


class Pool:
    """A pool at a path or URL. Creating the object touches nothing."""

    def __init__(self, url: str | Path) -> None:
        try:
            self.fs, self.root = fsspec.core.url_to_fs(str(url))
        except (ImportError, ValueError) as error:  # s3fs is not installed; no such protocol
            raise PoolError(f"{url}: no pool can be opened there: {error}") from None
        self.local = isinstance(self.fs, LocalFileSystem)
        self.guard: Callable[[], None] = _unguarded
        """Raises PoolError where this process may write no more: another build holds the pool."""
        self.url = self.root if self.local else str(url)

    def __reduce__(self) -> tuple[type["Pool"], tuple[str]]:
        return type(self), (self.url,)

    def __fspath__(self) -> str:
        return self.root

    def path(self, relative: str) -> str:
        """Absolute path inside the pool's file system."""
        return f"{self.root}/{relative}"

    def inside(self, relative: str) -> str:
        """The absolute path of what is to be written. Raises PoolError if it is not in the pool.

        A name out of a recipe (a view, a split, a teacher) may hold `..`, and a folder of the pool
        may be a link to another place.
        """
        parts = relative.split("/")
        outside = not all(parts) or any(p in (".", "..") or "\0" in p for p in parts)
        target = self.path(relative)
        if self.local and not outside:
            root = os.path.realpath(self.root)
            real = os.path.realpath(os.path.dirname(target))
            outside = os.path.commonpath([root, real]) != root
        if outside:
            raise PoolError(
                f"{relative!r}: outside the pool {self.url}: names of views, splits and teachers "
                "are names of files there, and its folders are no links to other places"
            )
        return target

    # Writing: aside, synced, renamed.

    def put(self, relative: str, write: Callable[[BinaryIO], Any]) -> tuple[int, str]:
        """Write a file as a whole or not at all; returns its size in bytes and its sha256."""
        target = self.inside(relative)
        try:
            self.fs.makedirs(os.path.dirname(target), exist_ok=True)
            folder = os.path.dirname(target) if self.local else None
            with tempfile.NamedTemporaryFile(
                dir=folder, prefix=".", suffix=".tmp", delete=False
            ) as raw:
                try:
                    sink = _Hashing(cast(BinaryIO, raw))
                    write(cast(BinaryIO, sink))
                    raw.flush()
                    os.fsync(raw.fileno())
                    if self.local:
                        os.chmod(raw.name, 0o644)
                        os.replace(raw.name, target)
                        _sync_folder(cast(str, folder))
                    else:
                        self.guard()
                        self.fs.put_file(raw.name, target)
                finally:
                    Path(raw.name).unlink(missing_ok=True)
        except OSError as error:
            raise PoolError(
                f"{target}: cannot be written: {error.strerror or error}. "
                "Nothing half-written was left; free space or choose another --pool and run again"
            ) from error
        return sink.size, sink.sha256.hexdigest()

    def put_json(self, relative: str, content: Any) -> None:
        """Write a JSON file as a whole or not at all; an object carries a digest of itself."""
        if isinstance(content, dict):
            content = {**content, PROOF: _digest(content)}
        data = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False).encode()
        self.put(relative, lambda sink: sink.write(data))

    def put_manifest(self, content: dict[str, Any], whole: bool) -> None:
        """Write the manifest; where an earlier build was whole, only when this one is (`whole`).

        So readers see the last whole state until the next one is whole, and a first build's steps
        as they come.
        """
        earlier = self.get_json("manifest.json") if self.exists("manifest.json") else {}
        # Manifests of before had no such key and were whole when their build had ended.
        if whole or not earlier.get("whole", bool(earlier)):
            self.put_json("manifest.json", {**content, "whole": whole})

    def commit(
        self, receipt: Receipt, tables: dict[str, pa.Table | Iterable[pa.Table]], recipe: str
    ) -> Receipt:
        """Write the tables of a finished piece of work and then its receipt.

        A table that `TABLES` does not know has its own schema.
        """
        from tasks import __version__

        provenance = {
            "format": FORMAT,
            "stage": receipt.stage,
            "key": receipt.key,
            "parents": ",".join(receipt.parents),
            "recipe": recipe,
            "code": __version__,
        }
        for table, content in tables.items():
            parts = [content] if isinstance(content, pa.Table) else content
            if table in TABLES:
                schema = TABLES[table]
            else:
                rest = iter(parts)
                first = next(rest)
                schema, parts = first.schema, chain([first], rest)
            if table in CHOSEN and isinstance(content, pa.Table):
                schema = pa.schema([schema.field(name) for name in content.column_names])
            relative = f"{folder_of(table)}/{receipt.stage}-{receipt.key}.parquet"
            rows = 0

            def write(sink: BinaryIO, schema: pa.Schema = schema, parts: Any = parts) -> None:
                nonlocal rows
                rows = write_parquet(sink, schema, parts, provenance)

            size, sha256 = self.put(relative, write)
            receipt.outputs.append(Shard(table, relative, rows, size, sha256))
        self.put_json(f"receipts/{receipt.stage}/{receipt.key}.json", asdict(receipt))
        return receipt

    def commit_rows(self, receipt: Receipt, tables: dict[str, pa.Table], recipe: str) -> Receipt:
        """Write the tables that have rows, then the receipt.

        One that only this recipe has is written in any case: its columns are told nowhere else.
        """
        told = {n: t for n, t in tables.items() if t.num_rows or n not in TABLES}
        return self.commit(receipt, told, recipe)

    def writing(self) -> None:
        """Called before work that may take long is begun; a pool that is only looked at refuses.

        Raises PoolError where another build has taken the pool over.
        """
        self.guard()

    # Reading.

    def exists(self, relative: str) -> bool:
        """Whether a file stands in the pool. Raises PoolError where its store does not say."""
        try:
            return bool(self.fs.exists(self.path(relative)))
        except Exception as error:  # each store's client raises its own kinds: no credentials
            raise PoolError(f"{self.url}: cannot be looked at: {error}") from None

    def get_json(self, relative: str) -> dict[str, Any]:
        """Read a JSON object. Raises PoolError where it is damaged: it can be no JSON, or not what
        its digest says. Files of before carry none and are taken as they are.
        """
        try:
            content = json.loads(self.fs.cat_file(self.path(relative)))
            if not isinstance(content, dict):
                raise ValueError("no object of JSON")
            proofs = _proofs(content)
            for key in proofs:
                content.pop(key)
            if proofs and proofs != {PROOF: _digest(content)}:
                raise ValueError("its content is not what was written")
        except (ValueError, RecursionError) as error:
            raise self._odd(relative, str(error)) from None
        return content

    def _odd(self, relative: str, why: str) -> PoolError:
        return PoolError(f"{self.path(relative)}: damaged ({why}); delete it and build again")

    def receipt(self, stage: str, key: str) -> Receipt | None:
        """The receipt of a finished piece of work whose shards all stand at their size."""
        relative = f"receipts/{stage}/{key}.json"
        if not self.exists(relative):
            return None
        content = self.get_json(relative)
        try:
            shards = [Shard(**shard) for shard in content.pop("outputs")]
            receipt = Receipt(outputs=shards, **content)
        except (KeyError, TypeError) as error:
            raise self._odd(relative, f"no receipt: {error}") from None
        for shard in shards:
            if not self.exists(shard.path):
                return None
            size = self.fs.size(self.path(shard.path))
            if size != shard.bytes:
                raise PoolError(
                    f"{self.path(shard.path)}: damaged: {size} bytes where its receipt says "
                    f"{shard.bytes}; delete the file and build again"
                )
        return receipt

    def receipts(self, stage: str) -> list[Receipt]:
        """Every receipt that a stage ever left in the pool, live or not, by key."""
        folder = self.path(f"receipts/{stage}")
        names = self.fs.ls(folder, detail=False) if self.fs.exists(folder) else []
        keys = sorted(os.path.basename(n)[:-5] for n in names if n.endswith(".json"))
        found = (self.receipt(stage, key) for key in keys)
        return [receipt for receipt in found if receipt]

    def read(
        self,
        shard: Shard,
        columns: list[str] | None = None,
        holds: tuple[str, int] | None = None,
    ) -> pa.Table:
        """Read a shard. Raises PoolError naming the file if it is damaged or not of this pool.

        holds: a column and a value; row groups in which it cannot stand are left out

        Of a local pool the whole file is checked, of a remote one the pages that are read: an
        object store checks its own, and a column must not cost a whole object.
        """
        with self._opened(shard) as file:
            if holds is None:
                return file.read(columns=columns)
            return file.read_row_groups(groups_with(file, *holds), columns)

    def groups(self, shard: Shard, columns: list[str]) -> Iterator[pa.Table]:
        """Read a shard by the row group, about 16 MB of text each. Raises PoolError as `read`."""
        with self._opened(shard) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns)
            if not file.num_row_groups:
                yield file.read(columns=columns)

    @contextmanager
    def _opened(self, shard: Shard) -> Iterator[pq.ParquetFile]:
        path = self.path(shard.path)
        try:
            if self.local:
                check(self, [shard])
            # Its own read-ahead would fetch most of an object for a column.
            source = pa.OSFile(path) if self.local else self.fs.open(path, "rb", cache_type="none")
            with (
                source,
                pq.ParquetFile(
                    source, page_checksum_verification=True, pre_buffer=not self.local
                ) as file,
            ):
                own = file.schema_arrow.metadata or {}
                stage, _, key = Path(shard.path).stem.rpartition("-")
                if (own.get(b"longcot.key"), own.get(b"longcot.stage")) != (
                    key.encode(),
                    stage.encode(),
                ):
                    raise PoolError(
                        f"{path}: not the shard that this pool wrote under that name; "
                        "move it away and build again"
                    )
                yield file
        except (pa.ArrowException, OSError) as error:
            raise PoolError(
                f"{path}: damaged ({error}); delete the file and build again"
            ) from error

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest as last written. Raises PoolError where there is none."""
        if not self.exists("manifest.json"):
            raise PoolError(
                f"{self.url}: no pool here (no manifest.json); `longcot build` makes one"
            )
        content = self.get_json("manifest.json")
        if not isinstance(content.get("tables", {}), dict):
            raise self._odd("manifest.json", "no manifest")
        from tasks.pool.migrate import as_now

        return as_now(self.url, content)

    def live(self, table: str) -> list[Shard]:
        """The shards of a table that the manifest lists, in order."""
        return [Shard(**shard) for shard in self.manifest["tables"].get(table, [])]

    def sweep(self) -> None:
        """Delete what a killed writer left aside, and refuse files that are not the pool's."""
        if not self.local:
            return
        for folder in (*TABLES, COLUMNS, "receipts", "selections", "releases", "versions"):
            for path in Path(self.path(folder)).rglob(".*.tmp"):
                path.unlink()
        for table in TABLES:
            for path in Path(self.path(table)).glob("*"):
                if path.suffix == ".parquet" and "-" not in path.stem:
                    raise PoolError(
                        f"{path}: not a shard of this pool (its name has no stage and key); "
                        "move it away"
                    )


def _unguarded() -> None:
    """A pool that nobody else can hold, or that is not built."""


def folder_of(table: str) -> str:
    """The folder of a table: its name; of one that a step of the recipe named, below `columns`.

    >>> folder_of("traces"), folder_of("clarity")
    ('traces', 'columns/clarity')
    """
    return table if table in TABLES or table == "selections" else f"{COLUMNS}/{table}"


def _digest(content: dict[str, Any]) -> str:
    """The digest of what JSON keeps of an object."""
    return MARK + digest(json.loads(json.dumps(content)))


def _proofs(content: Any) -> dict[str, str]:
    """What an object says of itself; under another key than PROOF where that is damaged."""
    pairs = content.items() if isinstance(content, dict) else ()
    marked = {k: v for k, v in pairs if isinstance(v, str) and v.startswith(MARK)}
    return {PROOF: content[PROOF], **marked} if PROOF in dict(pairs) else marked


class _Hashing:
    """A file that hashes what passes, so that a shard is read once less."""

    def __init__(self, sink: BinaryIO) -> None:
        self.sink, self.sha256, self.size, self.closed = sink, hashlib.sha256(), 0, False

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self.sink.write(data)

    def flush(self) -> None:
        self.sink.flush()

    def tell(self) -> int:
        return self.size

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """Leave the file open: its owner still has to sync it."""


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
