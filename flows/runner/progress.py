"""Progress of long steps: a bar with rows/s and time left for a person, log lines otherwise."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from tasks.llm.requests import Meter

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


def rows_line(done: int, total: int | None, seconds: float) -> str:
    """One line: rows, rows per second, time left.

    >>> rows_line(500, 2000, 10)
    '500 rows, 50 rows/s, 30 s left'
    """
    rate = done / max(seconds, 1e-9)
    left = f", {(total - done) / rate:,.0f} s left" if total and rate and done < total else ""
    return f"{done:,} rows, {rate:,.0f} rows/s{left}"


def _lines(step: str, total: int | None) -> Iterator[Tick]:
    began = said = time.monotonic()
    done = 0

    def say(now: float) -> None:
        print(f"longcot: {step}: {rows_line(done, total, now - began)}", file=sys.stderr)

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


@contextmanager
def asking(
    names: list[str], what: str = "traces"
) -> Iterator[dict[str, Callable[["Meter", float], None]]]:
    """Show how live models fare: each function is called once a second with meter and share."""
    console = Console(stderr=True)
    began = time.monotonic()
    if not console.is_terminal or not names:
        yield {name: _told(name, what, began) for name in names}
        return
    columns = [
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[facts]}"),
    ]
    with Progress(*columns, console=console) as bars:

        def shown(name: str) -> Callable[["Meter", float], None]:
            bar = bars.add_task(name, total=1.0, facts="")
            return lambda meter, share: bars.update(
                bar, completed=share, facts=facts_of(meter, share, time.monotonic() - began, what)
            )

        yield {name: shown(name) for name in names}


def _told(name: str, what: str, began: float) -> Callable[["Meter", float], None]:
    said = began

    def show(meter: "Meter", share: float) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_EVERY:
            said = time.monotonic()
            facts = facts_of(meter, share, said - began, what)
            print(f"longcot: {name}: {facts}", file=sys.stderr)

    return show


def facts_of(meter: "Meter", share: float, seconds: float, what: str = "traces") -> str:
    """One line: traces, tokens per second, accepted per hour, in flight, failures, cuts, end."""
    seconds = max(seconds, 1e-9)
    facts = [
        f"{meter.done:,} {what}",
        f"{meter.prompt_tokens / seconds:,.0f} + {meter.completion_tokens / seconds:,.0f} tok/s",
        *([f"{3600 * meter.accepted / seconds:,.0f} accepted/h"] if what == "traces" else []),
        f"{meter.in_flight:,} in flight",
        f"{meter.truncated / max(meter.done, 1):.1%} cut",
    ]
    facts += [f"{count} {kind}" for kind, count in meter.failures.most_common(3)]
    retried = meter.retries.total()
    facts += [f"{retried} retried"] if retried else []
    if 0 < share < 1:
        end = datetime.now() + timedelta(seconds=seconds * (1 - share) / share)
        facts.append(f"end {end:%a %H:%M}")
    return ", ".join(facts)
