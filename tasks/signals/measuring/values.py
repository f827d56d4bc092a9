"""The values of signals over a batch of traces; what several of them read is computed once."""

from collections.abc import Iterable, Sequence

import polars as pl

from schemas.errors import LongcotError
from schemas.parts.signal import PROBLEM, READINGS, Reading, Signal, read_by

ESTIMATE = "characters/4"
"""The rule of thumb for English text in current vocabularies; named so that nobody takes it for a
count. Where the server counted, `traces.completion_tokens` is exact."""


def values_of(
    frame: pl.DataFrame, signals: Sequence[Signal], tokenizer: str | None
) -> pl.DataFrame:
    """`trace_id` and a column per signal. Raises LongcotError naming one that fails.

    frame: `trace_id`, `reasoning`, `response`; of the problem what the signals read
    tokenizer: a tokenizer.json, a hub id, or None for the estimate
    """
    parts = (pl.when(pl.col(part) != "").then(part) for part in ("reasoning", "response"))
    texts = pl.concat_str(*parts, separator="\n", ignore_nulls=True)
    absent = [pl.lit(None, pl.String).alias(c) for c in PROBLEM if c not in frame.columns]
    frame = frame.with_columns(*absent, whole=texts, tokenizer=pl.lit(tokenizer or ESTIMATE))
    for one in needed(signals):
        frame = frame.with_columns(_column("reading", one, frame))
    columns = [_column("signal", one, frame) for one in signals]
    return pl.DataFrame([frame["trace_id"], *columns])


def needed(signals: Iterable[Signal]) -> list[Reading]:
    """The readings that these need, each behind those that it reads itself."""
    names = read_by(one.name for one in signals)
    if not names - {*PROBLEM, "tokenizer"}:
        return []  # none is loaded: some of them take long to import
    ordered: list[Reading] = []

    def add(name: str) -> None:
        if name in READINGS and all(one.name != name for one in ordered):
            for below in READINGS[name].reads:
                add(below)
            ordered.append(READINGS[name])

    for name in sorted(names):
        add(name)
    return ordered


def _column(what: str, one: Signal | Reading, frame: pl.DataFrame) -> pl.Series:
    try:
        values = one.function(frame)
    except LongcotError:
        raise
    except Exception as error:
        raise LongcotError(
            f"{what} {one.name}: {type(error).__name__}: {error}; mend its function, or say what "
            "it `reads`"
        ) from error
    if len(values) != len(frame):  # polars would repeat a single value
        raise LongcotError(
            f"{what} {one.name}: {len(values)} values for {len(frame)} traces; it returns "
            "one for each, in their order"
        )
    return values.alias(one.name)
