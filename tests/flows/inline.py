"""A runner without Prefect: each job here and now, from its pickle.

python -m tests.flows.inline RECIPE POOL     a whole build in a process of its own
"""

import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flows.build import run
from tasks.pool.build import Runner
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt


class Inline(Runner):
    """Runs each job here and now, from its pickle; counts what it had to do."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        return [pool.receipt(job.stage, job.key) or self._run(pool, job) for job in jobs]

    def _run(self, pool: Pool, job: Job) -> Receipt:
        self.ran.append(job.stage)
        again: Job = pickle.loads(pickle.dumps(job))
        return again.run(pool)

    def stream(self, step: str, name: str, work: Callable[..., Any]) -> Any:
        return work(lambda rows: None)

    def questions(self, what: str, works: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
        return {name: work(lambda meter, share: None) for name, work in works.items()}

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        pass

    def page(self, key: str, markdown: str) -> None:
        pass


def build(recipe: str, pool: str) -> dict[str, Any]:
    """Build a recipe; its report."""
    return run(recipe, pool, Inline())


if __name__ == "__main__":
    build(*sys.argv[1:])
