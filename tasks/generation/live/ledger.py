"""The ledger of a live teacher: samples go to the journal as they come, and then to shards."""

import asyncio
import time

from tasks.generation.live.plan import Plan
from tasks.generation.live.record import SampleRecord, record_of
from tasks.generation.live.shards import best, compact
from tasks.generation.recorded import Index
from tasks.llm.journal import Journal
from tasks.pool.store import Pool


class Ledger:
    """Writes records; a full file becomes shards. Belongs to one event loop while it is written.

    `open`: the samples, by id, that an earlier run left between two rounds.
    """

    def __init__(self, pool: Pool, plan: Plan, index: Index, recipe: str, rebuy: bool) -> None:
        self.pool, self.plan, self.index = pool, plan, index
        self.recipe, self.rebuy = recipe, rebuy
        self.open: dict[str, SampleRecord] = {}
        self.journal = Journal(pool, plan.spec, record_of)
        self.left: list[int] = []
        self.since = time.monotonic()
        self.rotating = asyncio.Lock()

    def recover(self) -> None:
        """Make shards of what an interrupted run left in the journal."""
        for number in self.journal.files():
            still = self._compact(number, 0.0)
            self.open.update((record.id, record) for record in still)
            if still:
                self.left.append(number)  # it holds the only copy of them
            else:
                self.journal.drop(number)
        self.journal = Journal(self.pool, self.plan.spec, record_of)
        if self.left:
            self.journal.number += 1  # what is left goes when its records stand in another file

    async def begin(self) -> None:
        """Write the open samples again, so that the files which held them may go."""
        await self._keep(list(self.open.values()))
        for number in self.left:
            self.journal.drop(number)
        self.since = time.monotonic()

    def write(self, record: SampleRecord) -> None:
        """Write a record; it survives the end of the process from here on. Raises PoolError."""
        self.journal.write(record)

    async def flush(self) -> None:
        """Wait until everything written is on the disk. Raises PoolError."""
        await self.journal.flush()

    async def rotate_when_full(self) -> None:
        """Make shards of the present file if it is full."""
        if self.journal.full():
            await self.rotate()

    async def rotate(self) -> None:
        """Close the present file and make shards of it."""
        async with self.rotating:
            now = time.monotonic()
            wall, self.since = now - self.since, now
            number = await self.journal.rotate()
            await self._keep(await asyncio.to_thread(self._compact, number, wall))
            self.journal.drop(number)

    def _compact(self, number: int, wall: float) -> list[SampleRecord]:
        """Turn a closed file into shards; returns the samples that are still open."""
        records = best(self.journal.read(number, self.rebuy)).values()
        whole = [record for record in records if not record.open]
        compact(self.pool, self.plan, whole, self.index, self.recipe, wall)
        return [record for record in records if record.open]

    async def _keep(self, still: list[SampleRecord]) -> None:
        for record in still:
            self.journal.write(record)
        await self.journal.flush()
