"""Progress of long steps: a bar with rows/s and time left for a person, log lines otherwise."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

LINE_EVERY = 30.0
"""Seconds between log lines where nobody watches."""


class Tick(Protocol):
    """A function that is told how many more rows are done."""

    def __call__(self, rows: int) -> None:
        """Count `rows` more."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed and task.elapsed:  # one shard: rich wants two points for a speed
            speed = task.completed / task.elapsed
        return Text(f"{speed:,.0f} rows/s" if speed else "")


@contextmanager
def progress(step: str, total: int | None) -> Iterator[Tick]:
    """Show a step's progress on standard error; `total` rows are to be done (None: unknown)."""
    console = Console(stderr=True)
    if console.is_terminal:
        columns = [
            TextColumn("{task.description:<14}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:>12,.0f} rows"),
            _Rate(),
            TimeRemainingColumn(),
        ]
        with Progress(*columns, console=console) as bars:
            bar = bars.add_task(step, total=total)
            yield lambda rows: bars.update(bar, advance=rows)
    else:
        yield from _lines(step, total)


def _lines(step: str, total: int | None) -> Iterator[Tick]:
    began = said = time.monotonic()
    done = 0

    def say(now: float) -> None:
        rate = done / max(now - began, 1e-9)
        left = f", {(total - done) / rate:,.0f} s left" if total and rate and done < total else ""
        print(f"longcot: {step}: {done:,} rows, {rate:,.0f} rows/s{left}", file=sys.stderr)

    def tick(rows: int) -> None:
        nonlocal done, said
        done += rows
        now = time.monotonic()
        if now - said >= LINE_EVERY:
            said = now
            say(now)

    yield tick
    if done:
        say(time.monotonic())
