"""The runner that is used: Prefect tasks, a few jobs each, wherever the recipe's `run` says."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar
from uuid import UUID

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.exceptions import ObjectNotFound
from prefect.runtime import deployment, flow_run
from prefect.settings import PREFECT_API_URL
from prefect.states import Crashed, State
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.runner import guardian, running
from flows.runner.batches import Batch, batched
from flows.runner.crew import CORES, Crew
from flows.runner.helpers import ENOUGH, Helpers
from flows.runner.prefect.progress import Move, counted, moving
from flows.runner.progress import asking, facts_of, progress
from flows.runner.signals import guarded_folder
from schemas.errors import LongcotError
from schemas.recipe.run import Run
from tasks.pool.build import Choices, Runner, Show, Tick
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt
from tasks.verdicts import verifier_pool

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


def builds() -> dict[str, Any]:
    """How a flow runs in which a build is done."""
    return {"task_runner": ThreadPoolTaskRunner(max_workers=CORES), "persist_result": False}


def log(line: str) -> None:
    """A line of the flow run's log."""
    get_run_logger().info(line)


def as_flow(work: Callable[..., Any]) -> Callable[..., Any]:
    """A flow of flows/build.py:`run`, without the runner."""

    @flow(name="longcot-build", flow_run_name="build {recipe}", **builds())
    def build(recipe: str, pool: str | None, choices: Choices) -> Any:
        return work(recipe, pool, PrefectThreads(), choices)

    return build


class PrefectThreads(Runner):
    """What is finished is not asked for, the rest runs a few at a time. Used inside a flow."""

    def __init__(self) -> None:
        self.crew, self.helpers = Crew(Run()), Helpers(CORES)

    @contextmanager
    def working(self, run: Run) -> Iterator[None]:
        """Have the jobs done there; the workers end with this."""
        self.crew, self.helpers = Crew(run), Helpers(run.workers or CORES)
        try:
            yield
        finally:
            self.crew.close()
            self.helpers.close()

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        """The receipts of all jobs, in order; only those without a receipt are run."""
        listed = list(jobs)
        found = [pool.receipt(job.stage, job.key) for job in listed]
        missing = [n for n, receipt in enumerate(found) if receipt is None]
        if missing:
            total = sum(listed[n].rows for n in missing)
            with progress(step, total) as bar, counted(step, total, bar) as tick:
                apart = self.crew.run.runner == "threads" and total >= ENOUGH
                helpers = self.helpers if apart else None
                if helpers and any(listed[n].locks for n in missing):
                    verifier_pool.rest()  # these ask for no verdict, and memory is short
                parts = batched([listed[n] for n in missing])
                batches = [Batch(pool, part, helpers) for part in parts]
                done = self.crew.results(shards, [batch.parameters() for batch in batches])
                numbers = iter(missing)
                for batch, receipts in zip(batches, done, strict=True):
                    for receipt in receipts:
                        found[next(numbers)] = receipt
                    tick(sum(job.rows for job in batch.jobs))
            self.helpers.close()
        return [receipt for receipt in found if receipt]

    def stream(self, step: str, name: str, work: Callable[[Tick], T]) -> T:
        """Do a whole stream: it cuts its shards as it flows, so it is one task."""
        with progress(step, None) as bar, counted(step, None, bar) as tick:
            try:
                taken: T = whole.submit(f"{step}: {name}", quote(lambda: work(tick))).result()
            finally:
                self.helpers.close()
            return taken

    def each(self, function: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """What a pure function makes of each item, in order; in processes where there are many."""
        return self.helpers.each(function, items)

    def questions(self, what: str, works: Mapping[str, Callable[[Show], T]]) -> dict[str, T]:
        """Do works that wait for models side by side, one task each."""
        with asking(list(works), what) as shows, ExitStack() as stack:
            futures = {}
            for name, work in works.items():
                called = _task_name(what, name)
                move = stack.enter_context(moving(called))
                told = _told(work, shows[name], move, what)
                futures[name] = whole.submit(called, quote(told))
            for future in futures.values():
                future.wait()
            return {name: future.result() for name, future in futures.items()}

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        """An artifact in Prefect's UI."""
        create_table_artifact(rows, key=key, description=description)

    def page(self, key: str, markdown: str) -> None:
        """An artifact in Prefect's UI."""
        create_markdown_artifact(markdown, key=key)

    @contextmanager
    def holding(self, pool: Pool, recipe: str) -> Iterator[None]:
        """Note whose run builds the pool; the run of a build that was killed has crashed."""
        left = running.note_of(pool)
        if left and "flow_run" in left:
            crash(left["flow_run"])
        url, folder = PREFECT_API_URL.value(), guarded_folder()
        if url and folder and not deployment.id:  # who runs a deployment watches it
            folder.joinpath(guardian.RUN).write_text(f"{url}/flow_runs/{flow_run.id}")
        with running.noted(pool, recipe, flow_run=str(flow_run.id)):
            yield


def crash(run: str) -> None:
    """Mark a run as crashed that has no end, and its tasks: its process is gone."""
    state: State[Any] = Crashed(message=guardian.GONE)
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(run)]))
    with get_client(sync_client=True) as client:
        try:
            found = client.read_flow_run(UUID(run))
        except ObjectNotFound:  # it was another server's
            return
        if not (found.state and found.state.is_final()):
            client.set_flow_run_state(found.id, state, force=True)
        for one in client.read_task_runs(flow_run_filter=of_run):
            if not (one.state and one.state.is_final()):
                client.set_task_run_state(one.id, state, force=True)


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
def shards(name: str, batch: Batch) -> list[Receipt]:
    """Do the jobs of a batch. The receipts in the pool, not Prefect's cache, are what makes a
    re-run skip them: Prefect would trust a cached result although the file is gone.
    """
    return without_frames(batch.run)


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


def _told(work: Callable[[Show], T], show: Show, move: Move, what: str) -> Callable[[], T]:
    """A work that shows how its model fares on the terminal and in Prefect, at its end too."""

    def told() -> T:
        began = time.monotonic()
        meters: list[Any] = []

        def both(meter: Any, share: float) -> None:
            meters[:] = [meter]
            show(meter, share)
            move(share, facts_of(meter, share, time.monotonic() - began, what))

        result = work(both)
        for meter in meters:
            both(meter, 1.0)
        return result

    return told
