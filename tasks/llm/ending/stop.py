"""The one way to stop a run that asks models: from a signal, from any thread.

Event loops run in threads that no signal reaches. So each engine says here how it is halted, and
whoever hears the signal asks for the stop and waits until all of them have ended.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from schemas.errors import LongcotError, StoppedError

IN_FLIGHT = 2.5
"""Seconds that requests in flight get to end after the first signal."""

_changed = threading.Condition()
_running: list[Callable[[], None]] = []
_asked = threading.Event()


def request() -> None:
    """Halt every engine that runs, and each that is begun later."""
    with _changed:
        _asked.set()
        for halt in _running:
            halt()


def asked() -> bool:
    """Whether a stop was asked for."""
    return _asked.is_set()


def forget() -> None:
    """Let engines run again: for a process that builds more than once."""
    _asked.clear()


def busy() -> bool:
    """Whether an engine runs."""
    return bool(_running)


def wait(seconds: float) -> bool:
    """Wait until no engine runs any more; whether that is so."""
    with _changed:
        return _changed.wait_for(lambda: not _running, seconds)


@contextmanager
def heard(halt: Callable[[LongcotError, float], None]) -> Iterator[None]:
    """While this is open, a stop calls `halt` in the event loop that opened it."""
    loop = asyncio.get_running_loop()

    def call() -> None:
        loop.call_soon_threadsafe(halt, StoppedError("stopped"), IN_FLIGHT)

    with _changed:
        _running.append(call)
        if _asked.is_set():
            call()
    try:
        yield
    finally:
        with _changed:
            _running.remove(call)
            _changed.notify_all()
