"""The journal: what was paid for, on disk before anything else is done with it.

A folder of numbered files of JSON lines. Each record is written (`write(2)`) at once, so a SIGKILL
costs nothing that was received; it is synced to the disk within `SYNC_SECONDS` or `SYNC_RECORDS`,
whichever is first, so a power cut costs no more than that. A file that reaches `FILE_BYTES` is
closed, compacted to a shard by its owner, and deleted once the shard stands.

Pools that are not local have no files to append to: there each group of records is one object.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from schemas.errors import PoolError
from tasks.pool.store import Pool

SYNC_SECONDS, SYNC_RECORDS = 1.0, 64
FILE_BYTES = 32 * 2**20
"""As large as a shard of long text (tasks/pool/growth.py)."""

Record = dict[str, Any]


class Journal:
    """The journal of one teacher. Belongs to one event loop while it is open for writing."""

    def __init__(self, pool: Pool, name: str) -> None:
        self.pool, self.folder = pool, f"journal/{name}"
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

    def read(self, number: int) -> Iterator[Record]:
        """The records of a file. A last line that was cut by a crash is no record.

        Raises PoolError naming file and line where another line is damaged.
        """
        for own, path in self._parts():
            if own != number:
                continue
            with self.pool.fs.open(path, "rb") as file:
                for place, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        break
                    try:
                        yield orjson.loads(line)
                    except orjson.JSONDecodeError as error:
                        raise PoolError(
                            f"{path}:{place}: damaged ({error}); delete this line, and the sample "
                            "it held is asked for again"
                        ) from None

    def drop(self, number: int) -> None:
        """Forget a file whose records stand in shards."""
        for own, path in self._parts():
            if own == number:
                self.pool.fs.rm_file(path)

    def write(self, record: Record) -> None:
        """Append a record; it survives the end of the process from here on.

        Raises PoolError if the disk is full or an earlier sync failed.
        """
        if self.error:
            raise PoolError(f"{self.folder}: cannot be written: {self.error}") from self.error
        line = orjson.dumps(record) + b"\n"
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
