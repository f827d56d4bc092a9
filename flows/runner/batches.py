"""Jobs by the batch: on a cluster a task run of Prefect costs about 90 ms, many a job less."""

from collections.abc import Sequence
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt

if TYPE_CHECKING:
    from flows.runner.helpers import Helpers

TASK_RUNS = 150
"""Of one step, at most: some 2,000 of a build with a dozen steps and views."""


class Batch:
    """Jobs that one task run does, one after the other. Prefect does not look into it.

    helpers: processes for jobs that hold Python's lock; None: they are done where the batch is
    """

    def __init__(self, pool: Pool, jobs: Sequence[Job], helpers: "Helpers | None" = None) -> None:
        self.pool, self.jobs, self.helpers = pool, jobs, helpers

    @property
    def name(self) -> str:
        """What the task run is called: verify: traces/a.parquet and 3 more."""
        first, more = self.jobs[0], len(self.jobs) - 1
        return f"{first.stage}: {first.label}" + (f" and {more} more" if more else "")

    def parameters(self) -> dict[str, Any]:
        """Those of the task."""
        return {"name": self.name, "batch": self}

    def run(self) -> list[Receipt]:
        """Do them; those that were done before the batch's worker died are not done again."""
        return [self.pool.receipt(job.stage, job.key) or self._done(job) for job in self.jobs]

    def _done(self, job: Job) -> Receipt:
        if self.helpers and job.locks:
            return self.helpers.run(methodcaller("run", self.pool), job)
        return job.run(self.pool)


def batched(jobs: Sequence[Job]) -> list[Sequence[Job]]:
    """Neighbours together, as many in each batch but the last; one each where they are few."""
    size = -(-len(jobs) // TASK_RUNS) or 1
    return [jobs[at : at + size] for at in range(0, len(jobs), size)]
