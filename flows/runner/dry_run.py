"""A runner that only looks: it stops at the first piece of work that is not there."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, NoReturn, TypeVar

from tasks.pool.build import Runner, Show, Tick
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt

T = TypeVar("T")


class Missing(Exception):
    """Something is to be done."""


class Shown(Pool):
    """A pool that is looked at: whoever wants to write is stopped."""

    def put(self, relative: str, write: Callable[[BinaryIO], Any]) -> NoReturn:
        """Raises Missing."""
        raise Missing(relative)

    def writing(self) -> NoReturn:
        """Raises Missing."""
        raise Missing


class Looking(Runner):
    """Finds what is finished. Raises Missing where work would have to be done."""

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        """The receipts of all jobs."""
        found = []
        for job in jobs:
            receipt = pool.receipt(job.stage, job.key)
            if receipt is None:
                raise Missing(f"{job.stage}: {job.label}")
            found.append(receipt)
        return found

    def stream(self, step: str, name: str, work: Callable[[Tick], T]) -> T:
        """What the pool holds of a stream; the pool stops whatever would go on to read it."""
        return work(lambda rows: None)

    def questions(self, what: str, works: Mapping[str, Callable[[Show], T]]) -> dict[str, T]:
        """What the pool holds of the answers."""
        return {name: work(lambda meter, share: None) for name, work in works.items()}

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        """There is nowhere to show it."""

    def page(self, key: str, markdown: str) -> None:
        """There is nowhere to show it."""
