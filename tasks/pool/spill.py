"""Parts of output shards that wait for their other parts: in memory, then on disk.

A training row may join text from three places of the pool (problem, winner, loser). Each place is
walked once; what it gives to an output shard waits here until the shard is whole. Beyond the budget
everything that waits is moved to Arrow files, so memory stays flat and no text is read twice.
"""

import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from types import TracebackType

import polars as pl

BUDGET = 32 * 2**20
"""Bytes held in memory before all that waits goes to disk."""


class SpillFile:
    """Frames by (output shard, role). A context manager: its files go when it is left."""

    def __init__(self, folder: str | None = None) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="longcot-spool-", dir=folder))
        self.held: dict[tuple[int, str], list[pl.DataFrame]] = defaultdict(list)
        self.bytes = 0
        self.files: dict[tuple[int, str], list[Path]] = defaultdict(list)

    def __enter__(self) -> "SpillFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def add(self, shard: int, role: str, rows: pl.DataFrame) -> None:
        """Keep rows for an output shard, in memory up to the budget and then on disk."""
        self.held[shard, role].append(rows)
        self.bytes += int(rows.estimated_size())
        if self.bytes > BUDGET:
            self._spill()

    def take(self, shard: int, role: str) -> pl.DataFrame:
        """All rows kept for an output shard in a role; they are forgotten."""
        files = self.files.pop((shard, role), [])
        frames = [pl.read_ipc(file) for file in files]
        for file in files:
            file.unlink()
        held = self.held.pop((shard, role), [])
        self.bytes -= sum(int(frame.estimated_size()) for frame in held)
        return pl.concat(frames + held)

    def _spill(self) -> None:
        for (shard, role), frames in self.held.items():
            file = self.root / f"{shard}-{role}-{len(self.files[shard, role])}.arrow"
            pl.concat(frames).write_ipc(file, compression="lz4")
            self.files[shard, role].append(file)
        self.held.clear()
        self.bytes = 0
