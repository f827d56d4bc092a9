"""The workers that do a build's jobs, under one of Prefect's own task runners.

Streams and questions stay in the build's process; jobs are data and go wherever `run` says. The
batch of a worker that died is begun again: by Dask and by Ray themselves, and here where the pool
of processes broke with it.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.futures import PrefectFuture
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed, State
from prefect.task_runners import TaskRunner
from prefect.tasks import Task

from flows.runner.task_runners import made
from schemas.errors import MachineError
from schemas.recipe.run import Run
from tasks.query.resources import share

CORES = os.cpu_count() or 2

TRIES = 4
"""How often a batch is begun whose worker dies; Dask and Ray begin theirs as often."""


class Crew:
    """Workers that are started at first need. Used inside a flow, and closed at its end."""

    def __init__(self, run: Run) -> None:
        self.run, self.workers = run, run.workers or CORES
        self._started: TaskRunner[Any] | None = None
        self._died: tuple[type[Exception], ...] = ()
        self._open = ExitStack()

    def results(self, task: Task[Any, Any], works: Sequence[dict[str, Any]]) -> Iterator[Any]:
        """What the task makes of each work (its parameters), in order; a few are under way at once.

        Raises what the task raises; MachineError where no workers can be had or they keep dying.
        """
        waiting = deque(range(len(works)))
        begun: deque[tuple[int, PrefectFuture[Any]]] = deque()
        tries = [0] * len(works)
        while waiting or begun:
            # A short queue: thousands of waiting task runs make the server unstable.
            while waiting and len(begun) < 2 * self.workers:
                number = waiting.popleft()
                tries[number] += 1
                begun.append((number, self._runner().submit(task, works[number])))
            try:
                result = begun[0][1].result()
            except self._died as error:
                if self.run.runner != "processes" or tries[begun[0][0]] == TRIES:
                    raise MachineError(
                        f"a worker of the runner {self.run.runner} died {TRIES} times over the "
                        f"same work ({type(error).__name__}); most likely its memory ran out: "
                        "build again with fewer `workers`"
                    ) from None
                waiting.extendleft(number for number, _ in reversed(begun))
                for _, future in begun:
                    _lost(future)
                begun.clear()
                self.close()
                continue
            begun.popleft()
            yield result

    def close(self) -> None:
        """End the workers; the next work starts others."""
        self._started = None
        self._open.close()

    def _runner(self) -> TaskRunner[Any]:
        """The task runner, started. Raises MachineError."""
        if self._started is None:
            runner: Any
            runner, self._died = made(self.run, self.workers)
            try:
                self._open.enter_context(_at_hand(self.run, self.workers))
                with _own_signals():
                    self._started = self._open.enter_context(runner)
                if self.run.runner == "dask":  # it connects at its first work
                    runner.client  # noqa: B018
            except Exception as error:
                raise MachineError(
                    f"the runner {self.run.runner} has no workers at "
                    f"{self.run.address or 'this machine'}: {error}; start the cluster, correct "
                    "its `address`, or build with `--runner processes`"
                ) from None
        return self._started


@contextmanager
def _own_signals() -> Iterator[None]:
    """Leave what answers signals as it was: Ray would have SIGTERM end the build its own way."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    if threading.current_thread() is threading.main_thread():
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _at_hand(run: Run, workers: int) -> Iterator[None]:
    """What workers find: the build's own Prefect server, and their share of this machine."""
    if run.runner == "threads":
        yield
        return
    with get_client(sync_client=True) as client:
        url = str(client.api_url)
    before = dict(os.environ)
    if not run.address:
        os.environ.update(share(workers))
        # Dask's own workers log each connection that ends before them at the end of a build, with
        # a traceback; what went wrong in a job reaches the build as its error.
        os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "critical")
    # A build that is stopped leaves semaphores to Python's own cleaner, which then talks of leaks.
    told = [os.environ.get("PYTHONWARNINGS", ""), "ignore:resource_tracker"]
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, told))
    try:
        with temporary_settings({PREFECT_API_URL: url}):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _lost(future: PrefectFuture[Any]) -> None:
    """Say in Prefect that a task run went with its worker; nobody else does."""
    state: State[Any] = Crashed(message="a worker died; the work is begun again")
    with get_client(sync_client=True) as client, suppress(PrefectHTTPStatusError):
        if not future.state.is_final():  # one that had not begun is not known there
            client.set_task_run_state(future.task_run_id, state, force=True)
