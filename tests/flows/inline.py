"""A runner without Prefect: each job here and now, from its pickle.

python -m tests.flows.inline RECIPE POOL     a whole build in a process of its own
"""

import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.build import finished, run
from schemas.errors import LongcotError
from tasks.pool.build import Runner
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt
from tests.flows.built import Built
from tests.flows.problems import lines


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


class Place:
    """A folder with a recipe that is built in this process; the server-less twin of `Site`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / name

    def jsonl(self, name: str, rows: Iterable[Any]) -> None:
        """Write rows as lines."""
        self.path(name).write_bytes(lines(rows))

    def recipe(self, content: dict[str, Any]) -> None:
        self.path("r.yaml").write_text(yaml.safe_dump(content, sort_keys=False))

    def built(self) -> "Built":
        """Build; the pool."""
        build(str(self.path("r.yaml")), str(self.path("pool")))
        return Built(self.path("pool"))

    def complaint(self) -> str:
        """What a build that fails says, on one line."""
        with pytest.raises(LongcotError) as raised:
            self.built()
        return " ".join(str(raised.value).split())

    def unchanged(self) -> bool:
        """Whether another build would find nothing to do."""
        return finished(str(self.path("r.yaml")), str(self.path("pool"))) is not None


if __name__ == "__main__":
    build(*sys.argv[1:])
