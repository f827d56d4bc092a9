"""The runner that is used: a Prefect task per job, threads of this process."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.runner.progress import asking, progress
from schemas.errors import LongcotError
from tasks.pool.build import Choices, Runner, Show, Tick
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt

WORKERS = os.cpu_count() or 2

T = TypeVar("T")


def as_flow(work: Callable[..., Any]) -> Callable[..., Any]:
    """A flow of flows/build.py:`run`, without the runner."""

    @flow(
        name="longcot-build",
        flow_run_name="build {recipe}",
        task_runner=ThreadPoolTaskRunner(max_workers=WORKERS),  # type: ignore[arg-type]
        persist_result=False,
    )
    def build(recipe: str, pool: str | None, choices: Choices) -> Any:
        return work(recipe, pool, PrefectThreads(), choices)

    return build


class PrefectThreads(Runner):
    """What is finished is not asked for, the rest runs a few at a time. Used inside a flow."""

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        """The receipts of all jobs, in order; only those without a receipt are run."""
        listed = list(jobs)
        found = [pool.receipt(job.stage, job.key) for job in listed]
        missing = [n for n, receipt in enumerate(found) if receipt is None]
        if missing:
            with progress(step, sum(listed[n].rows for n in missing)) as tick:
                running: deque[tuple[int, PrefectFuture[Receipt]]] = deque()
                for number in missing:
                    job = listed[number]
                    running.append((number, shard.submit(job.stage, job.label, quote((pool, job)))))
                    # A short queue: thousands of waiting task runs make the server unstable.
                    while len(running) >= 2 * WORKERS:
                        _collect(running, listed, found, tick)
                while running:
                    _collect(running, listed, found, tick)
        return [receipt for receipt in found if receipt]

    def stream(self, step: str, name: str, work: Callable[[Tick], T]) -> T:
        """Do a whole stream: it cuts its shards as it flows, so it is one task."""
        with progress(step, None) as tick:
            taken: T = whole.submit(f"{step}: {name}", quote(lambda: work(tick))).result()
            return taken

    def questions(self, what: str, works: Mapping[str, Callable[[Show], T]]) -> dict[str, T]:
        """Do works that wait for models side by side, one task each."""
        with asking(list(works), what) as shows:
            futures = {
                name: whole.submit(_task_name(what, name), quote(_told(work, shows[name])))
                for name, work in works.items()
            }
            for future in futures.values():
                future.wait()
            return {name: future.result() for name, future in futures.items()}

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        """An artifact in Prefect's UI."""
        create_table_artifact(rows, key=key, description=description)


@task(task_run_name="{stage}: {label}", cache_policy=NO_CACHE, persist_result=False)
def shard(stage: str, label: str, work: Any) -> Receipt:
    """Do one job. The receipt in the pool, not Prefect's cache, is what makes a re-run skip it:
    Prefect would trust a cached result although the file is gone.
    """
    pool, job = work
    receipt: Receipt = without_frames(lambda: job.run(pool))
    return receipt


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
def whole(name: str, work: Any) -> Any:
    """Do a stream or a question."""
    return without_frames(work)


def without_frames(work: Callable[[], T]) -> T:
    """Do the work; a complaint comes without its frames. Prefect keeps errors to the very end of
    the process, and DuckDB's bindings print pages about connections that still live in frames then.
    """
    try:
        return work()
    except LongcotError as error:
        raise error.with_traceback(None) from error.__cause__


def _task_name(what: str, name: str) -> str:
    return f"generate: {name}" if what == "traces" else name


def _told(work: Callable[[Show], T], show: Show) -> Callable[[], T]:
    return lambda: work(show)


def _collect(running: Any, listed: list[Job], found: list[Receipt | None], tick: Tick) -> None:
    number, future = running.popleft()
    found[number] = future.result()
    tick(listed[number].rows)
