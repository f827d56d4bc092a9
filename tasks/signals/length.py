"""How long reasoning and response are."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal


@signal(pa.int64(), "characters of the reasoning", unit="characters", low=0, nullable=False)
def reasoning_chars(traces: pl.DataFrame) -> pl.Series:
    """Characters of the reasoning; 0 where there is none."""
    return traces["reasoning"].str.len_chars().fill_null(0).cast(pl.Int64)


@signal(pa.int64(), "characters of the response", unit="characters", low=0, nullable=False)
def response_chars(traces: pl.DataFrame) -> pl.Series:
    """Characters of the response; 0 where there is none."""
    return traces["response"].str.len_chars().fill_null(0).cast(pl.Int64)


@signal(pa.float32(), "reasoning characters over all, 0 to 1", unit="share", low=0, high=1)
def reasoning_share(traces: pl.DataFrame) -> pl.Series:
    """Reasoning characters over all; null for a trace without a character."""
    reasoning = reasoning_chars(traces)
    return (reasoning / (reasoning + response_chars(traces))).fill_nan(None)  # 0/0 is NaN
