"""The thought of a trace: what stands between its marks, else the whole response."""

import polars as pl

from schemas.parts.signal import reading


@reading()
def thought(traces: pl.DataFrame) -> pl.Series:
    """The reasoning; the response of a trace that has none; "" where there is neither."""
    return traces.select(
        pl.coalesce(pl.col("reasoning", "response").replace("", None)).fill_null("")
    ).to_series()
