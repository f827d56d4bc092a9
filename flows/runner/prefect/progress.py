"""How far a build is, in Prefect: an artifact per step that moves, and lines of the run's log.

Both are written by a thread of their own, every few seconds: a step never waits for the server, and
one that is done before costs it nothing.
"""

import contextvars
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.runner.progress import Tick, rows_line

BEAT = 5.0
"""Seconds between two updates of an artifact."""

BEATS_A_LINE = 6
"""Updates for a line of the log."""

Move = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and how things stand, in words."""


@contextmanager
def counted(step: str, total: int | None, tick: Tick) -> Iterator[Tick]:
    """A function that is told how many more rows are done, tells `tick` too, and shows it."""
    began, done = time.monotonic(), 0
    with moving(step) as move:

        def more(rows: int) -> None:
            nonlocal done
            done += rows
            tick(rows)
            line = rows_line(done, total, time.monotonic() - began)
            move(done / total if total else 0.0, line)

        yield more


@contextmanager
def moving(step: str) -> Iterator[Move]:
    """An artifact `progress-<step>` of the flow run. Its last word is a line of the log."""
    said: list[tuple[float, str]] = []
    ended = threading.Event()

    def show() -> None:
        artifact: UUID | None = None
        shown: list[tuple[float, str]] = []
        beats, over = 0, False
        while not over:
            over = ended.wait(BEAT)
            if said == shown or (over and artifact is None):
                continue
            shown = list(said)
            share, words = shown[0]
            try:
                if artifact is None:
                    made = create_progress_artifact(100 * share, key_of(step), words)
                    artifact = cast(UUID, made)  # a coroutine only inside of a loop
                else:
                    update_progress_artifact(artifact, 100 * share, words)
            except Exception:  # whatever ails the server: to be seen is not worth a build
                get_run_logger().debug("no progress is shown", exc_info=True)
                return
            if beats % BEATS_A_LINE == 0 and not over:
                get_run_logger().info(f"{step}: {words}")
            beats += 1

    def move(share: float, words: str) -> None:
        said[:] = [(share, words)]

    # In a copy of this context the artifact and the log know whose run they are of.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(show,), daemon=True)
    thread.start()
    try:
        yield move
    finally:
        ended.set()
        thread.join()
        if said:
            get_run_logger().info(f"{step}: {said[0][1]}")


def key_of(step: str) -> str:
    """The key of a step's artifact, which has small letters, digits and dashes alone.

    >>> key_of("traces: Qwen/QwQ_32B")
    'progress-traces-qwen-qwq-32b'
    """
    return "progress-" + re.sub(r"[^a-z0-9]+", "-", step.lower()).strip("-")
