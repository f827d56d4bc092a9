"""What a signal is: one number (flag, word) per trace, computed from its text alone.

A signal is one decorated function in a file of `tasks/signals`, and nothing else: the column of the
table `signals`, the work of the step `measure`, `longcot signals` and what a view may select by
are derived from it.

    @signal(pa.int32(), "turns back on itself", unit="words", low=0)
    def reflections(traces: pl.DataFrame) -> pl.Series:
        return traces["reasoning"].fill_null("").str.count_matches(r"(?i)\\bwait\\b")
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from schemas.parts import Parts

if TYPE_CHECKING:  # reading a recipe needs neither, and they take longer to import than the rest
    import polars as pl
    import pyarrow as pa

Function = Callable[["pl.DataFrame"], "pl.Series"]
"""From traces to one value each, in their order.

The frame has `reasoning` and `response` (either may be null), `whole` (both, joined by a newline;
"" where there is neither), `tokens` (of the whole) and `tokenizer` (who counted them).
"""


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


SIGNALS: Parts[Signal] = Parts("signal", "tasks.signals", "longcot.signals")

FIRST = (
    "reasoning_chars", "response_chars", "tokens", "tokenizer", "reasoning_share", "compression",
    "repeated_lines", "tail_repeats", "answers_agree",
)  # fmt: skip
"""The columns that the table had before signals declared themselves: their order is its format."""


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
) -> Callable[[Function], Function]:
    """Declare a signal; its name is the function's.

    type: of the column; what the function returns is cast to it
    description: the column's, as it stands in the Parquet footer
    unit: what is counted; low, high: the least and greatest value there can be
    paper: where it was proposed, or what says that it helps
    version: raise it when other values come out; the traces are then measured again
    """

    def declare(function: Function) -> Function:
        name = function.__name__
        made = Signal(name, type, description, function, unit, low, high, paper, version, nullable)
        SIGNALS.add(name, made)
        return function

    return declare


def in_order() -> list[Signal]:
    """All signals as the table has them: the first columns, then the others by name."""
    names = sorted(SIGNALS, key=lambda name: (name not in FIRST, _place(name), name))
    return [SIGNALS[name] for name in names]


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else 0
