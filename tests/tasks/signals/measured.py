"""What signals come to for a few traces, as the step measures them."""

from typing import Any

import polars as pl

from tasks.steps.measure import Measure


def measured(*names: str, thought: str | None = None, **given: str | None) -> dict[str, Any]:
    """The named signals of one trace."""
    row = {"trace_id": "t", "reasoning": thought, "response": None, **given}
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))
    (found,) = Measure(signals=list(names)).rows(frame).tables["signals"].to_pylist()
    return {name: found[name] for name in found if name in names or names == ()}


def one(name: str, thought: str | None, **given: str | None) -> Any:
    """One signal of one trace."""
    return measured(name, thought=thought, **given)[name]
