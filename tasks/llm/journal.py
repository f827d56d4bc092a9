"""The journal: what was paid for, on disk before anything else is done with it.

A folder of numbered files of JSON lines. Each record is written (`write(2)`) at once, so a SIGKILL
costs nothing that was received; it is synced to the disk within `SYNC_SECONDS` or `SYNC_RECORDS`,
whichever is first, so a power cut costs no more than that. A file that reaches `FILE_BYTES` is
closed, compacted to a shard by its owner, and stays compressed as the shard's second copy.

Pools that are not local have no files to append to: there each group of records is one object.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson
import pyarrow as pa

from schemas.errors import PoolError
from tasks.pool.store import Pool

SYNC_SECONDS, SYNC_RECORDS = 1.0, 64
FILE_BYTES = 32 * 2**20
"""As large as a shard of long text (tasks/pool/growth.py)."""

LEVEL = 1
"""zstd's fastest: text shrinks to a third, at a fraction of what the shard's own packing costs."""

R = TypeVar("R")


class Journal(Generic[R]):
    """The journal of one teacher. Belongs to one event loop while it is open for writing.

    `parse` makes a record of a line's JSON; it raises KeyError or TypeError where it is none.
    `form` makes of a record what orjson writes; dataclasses and dictionaries are written as such.
    """

    def __init__(
        self,
        pool: Pool,
        name: str,
        parse: Callable[[Any], R],
        form: Callable[[R], Any] = lambda record: record,
    ) -> None:
        self.pool, self.folder, self.parse, self.form = pool, f"journal/{name}", parse, form
        self.number = max([n for n, _ in self._parts()], default=0)
        self.handle: int | None = None
        self.waiting: list[bytes] = []
        self.size = 0
        self.timer: asyncio.TimerHandle | None = None
        self.syncing: set[asyncio.Future[None]] = set()
        self.error: BaseException | None = None

    def _parts(self) -> list[tuple[int, str]]:
        """Number and path of every file or object, in order of writing."""
        folder = self.pool.path(self.folder)
        if not self.pool.fs.exists(folder):
            return []
        names = sorted(self.pool.fs.ls(folder, detail=False))
        return [(int(Path(n).name.split(".")[0]), n) for n in names if n.endswith(".jsonl")]

    def files(self) -> list[int]:
        """The numbers of the files that hold records."""
        return sorted({number for number, _ in self._parts()})

    def read(self, number: int, rebuy: bool = False) -> Iterator[R]:
        """The records of a file. A last line that was cut by a crash is no record.

        Raises PoolError naming file and line where another line is damaged, unless its answer may
        be bought again.
        """
        for own, path in self._parts():
            if own != number:
                continue
            with self.pool.fs.open(path, "rb") as file:
                for place, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        break
                    try:
                        record = self.parse(orjson.loads(line))
                    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                        if rebuy:
                            continue
                        raise PoolError(
                            f"{path}:{place}: damaged ({error!r}). The line held an answer that "
                            "was paid for; mend it, or build with --rebuy to ask for it again"
                        ) from None
                    yield record

    def drop(self, number: int) -> None:
        """Forget a file whose records stand in shards."""
        for own, path in self._parts():
            if own == number:
                self.pool.fs.rm_file(path)

    def put_by(self, number: int) -> None:
        """Compress a file whose records stand in shards; it stays as their second copy."""
        lines = [line for line in self._lines(number) if line.endswith(b"\n")]
        if lines:
            name = f"{self.folder}/kept/{number:06d}-{os.urandom(4).hex()}.jsonl.zst"
            data = pa.Codec("zstd", LEVEL).compress(b"".join(lines), asbytes=True)
            self.pool.put(name, lambda sink: sink.write(data))
        self.drop(number)

    def keeps(self) -> bool:
        """Whether there are files that were put by."""
        return bool(self.pool.fs.glob(self.pool.path(f"{self.folder}/kept/*.jsonl.zst")))

    def kept(self) -> Iterator[R]:
        """The records of the files that were put by; what is damaged among them is passed over."""
        for path in sorted(self.pool.fs.glob(self.pool.path(f"{self.folder}/kept/*.jsonl.zst"))):
            try:
                packed = pa.BufferReader(self.pool.fs.cat_file(path))
                lines = pa.CompressedInputStream(packed, "zstd").read().splitlines()
            except (OSError, pa.ArrowException):
                continue
            for line in lines:
                try:
                    yield self.parse(orjson.loads(line))
                except (orjson.JSONDecodeError, KeyError, TypeError):
                    continue

    def _lines(self, number: int) -> Iterator[bytes]:
        for own, path in self._parts():
            if own == number:
                with self.pool.fs.open(path, "rb") as file:
                    yield from file

    def write(self, record: R) -> None:
        """Append a record; it survives the end of the process from here on.

        Raises PoolError if the disk is full or an earlier sync failed.
        """
        if self.error:
            raise PoolError(f"{self.folder}: cannot be written: {self.error}") from self.error
        line = orjson.dumps(self.form(record)) + b"\n"
        if self.pool.local:
            self._append(line)
        self.waiting.append(line)
        self.size += len(line)
        if len(self.waiting) >= SYNC_RECORDS:
            self._start_sync()
        elif self.timer is None:
            loop = asyncio.get_running_loop()
            self.timer = loop.call_later(SYNC_SECONDS, self._start_sync)

    def full(self) -> bool:
        """Whether the present file should be rotated."""
        return self.size >= FILE_BYTES

    async def rotate(self) -> int:
        """Close the present file and return its number; the next record begins another."""
        await self.flush()
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None
        self.size = 0
        self.number += 1
        return self.number - 1

    async def flush(self) -> None:
        """Wait until everything written is on the disk."""
        self._start_sync()
        while self.syncing:
            await asyncio.gather(*self.syncing, return_exceptions=True)
        if self.error:
            raise PoolError(f"{self.folder}: cannot be written: {self.error}") from self.error

    def _append(self, line: bytes) -> None:
        path = Path(self.pool.path(f"{self.folder}/{self.number:06d}.jsonl"))
        try:
            if self.handle is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
                _cut_torn(self.handle)
                self.size = os.fstat(self.handle).st_size
            done = os.write(self.handle, line)
            if done < len(line):  # the disk filled up in the middle of the record
                os.ftruncate(self.handle, os.fstat(self.handle).st_size - done)
                raise OSError("no space left for a whole record")
        except OSError as error:
            raise PoolError(
                f"{path}: cannot be written: {error.strerror or error}. Every answer up to here is "
                "kept; free space and run again"
            ) from error

    def _start_sync(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if not self.waiting:
            return
        lines, self.waiting = self.waiting, []
        loop = asyncio.get_running_loop()
        if self.handle is not None:
            # A descriptor of its own: the file may be rotated while this thread syncs.
            job = loop.run_in_executor(None, _sync, os.dup(self.handle))
        else:
            part = f"{self.folder}/{self.number:06d}.{os.urandom(4).hex()}.jsonl"
            data = b"".join(lines)
            job = loop.run_in_executor(None, lambda: self._put(part, data))
        self.syncing.add(job)
        job.add_done_callback(self._synced)

    def _put(self, part: str, data: bytes) -> None:
        self.pool.put(part, lambda sink: sink.write(data))

    def _synced(self, job: "asyncio.Future[None]") -> None:
        self.syncing.discard(job)
        self.error = self.error or job.exception()


def _sync(handle: int) -> None:
    try:
        os.fdatasync(handle)
    finally:
        os.close(handle)


def _cut_torn(handle: int) -> None:
    """Cut a last line that a crash left without its end."""
    size = os.fstat(handle).st_size
    at = size
    while at:
        start = max(0, at - 2**16)
        found = os.pread(handle, at - start, start).rfind(b"\n")
        if found >= 0:
            if start + found + 1 < size:
                os.ftruncate(handle, start + found + 1)
            return
        at = start
    os.ftruncate(handle, 0)
