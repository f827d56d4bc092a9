"""Processes of this machine for work that holds Python's lock: threads would do it one by one.

They are started when there is enough to do, and end with the build. What is handed to them is data,
as a job on a cluster is, so that what comes out is the same as here.
"""

import os
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from flows.runner.allocators import ENVIRONMENT
from schemas.errors import MachineError
from tasks.query.resources import share

A = TypeVar("A")
B = TypeVar("B")

FEW = 8
"""Batches of a stream that are done here, some 4,000 rows, before processes are started for it."""

ENOUGH = 10_000
"""Rows of a step's jobs that are worth it."""

TRIES = 4
"""How often a work is begun whose process dies; Dask and Ray begin theirs as often."""


class Helpers:
    """So many processes, started at first need. May be used from several threads at once."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._lock = threading.Lock()
        self._executor: Any = None

    def each(self, function: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """What the function makes of each item, in order; a few are under way at once. What comes
        until the processes have started is done here.

        Raises what the function raises, and MachineError as `run` does.
        """
        starting: list[Future[None]] = []
        waiting: deque[tuple[A, Future[B]]] = deque()
        for number, item in enumerate(items):
            if number == FEW:
                starting = [self._begin(_loaded, function) for _ in range(self.count)]
            if number < FEW or not (waiting or all(one.done() for one in starting)):
                yield function(item)
                continue
            waiting.append((item, self._begin(function, item)))
            if len(waiting) > 2 * self.count:
                yield self._ended(function, *waiting.popleft())
        while waiting:
            yield self._ended(function, *waiting.popleft())

    def run(self, function: Callable[[A], B], given: A) -> B:
        """What the function makes of it, in one of the processes.

        Raises MachineError where the process dies over it again and again.
        """
        return self._ended(function, given, self._begin(function, given))

    def close(self) -> None:
        """End the processes; the next work starts others."""
        with self._lock:
            if self._executor is not None:
                self._executor.shutdown(wait=True, kill_workers=True)
            self._executor = None

    def _begin(self, function: Callable[[A], B], given: A) -> "Future[B]":
        with self._lock:
            for _ in range(2):
                if self._executor is None:
                    self._executor = _started(self.count)
                try:
                    begun: Future[B] = self._executor.submit(function, given)
                    return begun
                except BrokenProcessPool:  # it broke over another work
                    self._executor = None
        raise MachineError("processes of this machine die as soon as they are started")

    def _ended(self, function: Callable[[A], B], given: A, begun: "Future[B]") -> B:
        for _ in range(TRIES - 1):
            try:
                return begun.result()
            except BrokenProcessPool:
                begun = self._begin(function, given)
        try:
            return begun.result()
        except BrokenProcessPool as error:
            raise MachineError(
                f"a process died {TRIES} times over the same work ({type(error).__name__}); most "
                "likely its memory ran out: build again with fewer `workers`"
            ) from None


def _loaded(function: Callable[..., Any]) -> None:
    """Nothing; that it is done says that a process runs and has loaded the function's module."""


def _started(count: int) -> Any:
    from loky import ProcessPoolExecutor
    from loky.backend.resource_tracker import ensure_running

    # loky's tracker complains, with frames, of what a killed process left for it to clean up.
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        ensure_running()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
    return ProcessPoolExecutor(count, env={**ENVIRONMENT, **os.environ, **share(count)})


# loky says so of each process that it replaces because its memory has grown.
warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
