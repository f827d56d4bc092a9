"""One Prefect task per shard: what is finished is not asked for, the rest runs a few at a time."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.utilities.annotations import quote

from flows.runner.progress import progress
from schemas.errors import LongcotError
from tasks.pool.growth import Intake
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt

WORKERS = os.cpu_count() or 2


@task(task_run_name="{stage}: {label}", cache_policy=NO_CACHE, persist_result=False)
def shard(stage: str, label: str, job: Any) -> Receipt:
    """Do one job. The receipt in the pool, not Prefect's cache, is what makes a re-run skip it:
    Prefect would trust a cached result although the file is gone.
    """
    receipt: Receipt = without_frames(job.run)
    return receipt


def without_frames(work: Callable[[], Any]) -> Any:
    """Do the work; a complaint comes without its frames. Prefect keeps errors to the very end of
    the process, and DuckDB's bindings print pages about connections that still live in frames then.
    """
    try:
        return work()
    except LongcotError as error:
        raise error.with_traceback(None) from error.__cause__


def run_jobs(pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
    """The receipts of all jobs, in order; only those without a receipt are run."""
    listed = list(jobs)
    found = [pool.receipt(job.stage, job.key) for job in listed]
    missing = [n for n, receipt in enumerate(found) if receipt is None]
    if missing:
        total = sum(listed[n].rows for n in missing)
        with progress(step, total) as tick:
            running: deque[tuple[int, PrefectFuture[Receipt]]] = deque()
            for number in missing:
                job = listed[number]
                running.append((number, shard.submit(job.stage, job.label, quote(job))))
                # A short queue: thousands of waiting task runs make the server unstable.
                while len(running) >= 2 * WORKERS:
                    _collect(running, listed, found, tick)
            while running:
                _collect(running, listed, found, tick)
    return [receipt for receipt in found if receipt]


def _collect(running: Any, listed: list[Job], found: list[Receipt | None], tick: Any) -> None:
    number, future = running.popleft()
    found[number] = future.result()
    tick(listed[number].rows)


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
def stream(name: str, work: Any) -> Any:
    """Do a whole stream: it cuts its shards as it flows, so it is one task."""
    return without_frames(work)


def run_stream(name: str, function: Any, *arguments: Any) -> Intake:
    """Bring a source or a recording up to date, as one Prefect task."""
    taken: Intake = stream.submit(name, quote(lambda: function(*arguments))).result()
    return taken
