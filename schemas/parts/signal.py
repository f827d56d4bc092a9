"""What a signal is: one number (flag, word) per trace, computed from its text alone.

A signal is one decorated function in a file of `tasks/signals`, and nothing else: the column of the
table `signals`, the work of the step `measure`, `longcot signals` and what a view may select by
are derived from it.

    @signal(pa.int32(), "turns back on itself", unit="words", low=0)
    def reflections(traces: pl.DataFrame) -> pl.Series:
        return traces["reasoning"].fill_null("").str.count_matches(r"(?i)\\bwait\\b")
"""

import difflib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.parts import Parts

if TYPE_CHECKING:  # reading a recipe needs neither, and they take longer to import than the rest
    import polars as pl
    import pyarrow as pa

Function = Callable[["pl.DataFrame"], "pl.Series"]
"""From traces to one value each, in their order.

The frame has `reasoning` and `response` (either may be null), `whole` (both, joined by a newline;
"" where there is neither), and what the signal `reads` besides.
"""

PROBLEM = ("problem", "answer", "answer_kind", "options", "tests")
"""Columns of the trace's problem that a signal may read; one that changes is measured anew."""


class Signal(NamedTuple):
    """A column of the table `signals`, and how it comes about."""

    name: str
    type: "pa.DataType"
    description: str
    function: Function
    unit: str
    low: float | None
    high: float | None
    paper: str
    version: str
    nullable: bool
    reads: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The name of its file, which stands for all of its signals in a recipe."""
        return self.function.__module__.rpartition(".")[2]


class Reading(NamedTuple):
    """What several signals have in common: computed once for all of them."""

    name: str
    function: Function
    version: str
    reads: tuple[str, ...]


SIGNALS: Parts[Signal] = Parts("signal", "tasks.signals", "longcot.signals")
READINGS: Parts[Reading] = Parts("reading", "tasks.signals.readings", "longcot.readings")

FIRST = (
    "reasoning_chars", "response_chars", "tokens", "tokenizer", "reasoning_share", "compression",
    "repeated_lines", "tail_repeats", "answers_agree",
)  # fmt: skip
"""The columns that the table had before signals declared themselves: their order is its format."""

STANDARD = (*FIRST, "inner_marks")
"""What is measured where a recipe names nothing: what was, before there were signals to choose."""

ALWAYS = ("tokens", "tokenizer")
"""Measured whatever a recipe names: views count what they take by it."""


def signal(
    type: "pa.DataType",
    description: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    paper: str = "",
    version: str = "1",
    nullable: bool = True,
    reads: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Declare a signal; its name is the function's.

    type: of the column; what the function returns is cast to it
    description: the column's, as it stands in the Parquet footer
    unit: what is counted; low, high: the least and greatest value there can be
    paper: where it was proposed, or what says that it helps
    version: raise it when other values come out; the traces are then measured again
    reads: what its frame has besides: readings, `tokenizer`, columns of the problem (`PROBLEM`)
    """

    def declare(function: Function) -> Function:
        name = function.__name__
        SIGNALS.add(
            name,
            Signal(
                name, type, description, function, unit, low, high, paper, version, nullable, reads
            ),
        )
        return function

    return declare


def reading(*, version: str = "1", reads: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Declare what several signals read, a column of their frame by the function's name.

    version: raise it when other values come out; so are then all signals that read it
    reads: as a signal's
    """

    def declare(function: Function) -> Function:
        name = function.__name__
        READINGS.add(name, Reading(name, function, version, reads))
        return function

    return declare


def stamp_of(one: Signal | Reading, given: dict[str, Any]) -> str:
    """What decides a signal's values beside the trace: its version, and that of all it reads.

    given: options of the step that are read by their name
    """
    from schemas.identity import digest

    stamps = [
        stamp_of(READINGS[name], given) if name in READINGS else [name, given.get(name)]
        for name in one.reads
    ]
    return digest(one.name, one.version, stamps)[:16]


def read_by(names: Iterable[str]) -> set[str]:
    """All that these signals, or readings, read, directly or by a reading."""
    direct = {name for one in names for name in (SIGNALS.get(one) or READINGS[one]).reads}
    return direct | (read_by(direct & {*READINGS}) if direct else set())


def chosen(names: Iterable[str] | None) -> list[Signal]:
    """The signals that a recipe names, as the table has them; None: the standard ones.

    A name is a signal's, or stands for several: `standard`, or the name of a file. Raises
    ValueError with the nearest name that there is.
    """
    wanted = {*(STANDARD if names is None else ALWAYS)}
    families = {one.family for one in SIGNALS.values()}
    for name in names or ():
        if name in SIGNALS:
            wanted.add(name)
        elif name == "standard":
            wanted.update(STANDARD)
        elif name in families:
            wanted.update(one.name for one in SIGNALS.values() if one.family == name)
        else:
            near = difflib.get_close_matches(name, [*SIGNALS, *families], n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else "`longcot signals` lists them"
            raise ValueError(f"there is no signal `{name}`; {hint}")
    return [one for one in in_order() if one.name in wanted]


def in_order() -> list[Signal]:
    """All signals as the table has them: the first columns, then the others by name."""
    names = sorted(SIGNALS, key=lambda name: (name not in FIRST, _place(name), name))
    return [SIGNALS[name] for name in names]


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else 0
