"""The thought of a trace: what stands between its marks, else the whole response."""

import polars as pl

from schemas.parts.signal import reading


@reading()
def thought(traces: pl.DataFrame) -> pl.Series:
    """The reasoning; the response of a trace that has none; "" where there is neither."""
    reasoning = pl.when(pl.col("reasoning") != "").then("reasoning")
    return traces.select(pl.coalesce(reasoning, pl.col("response"), pl.lit(""))).to_series()
