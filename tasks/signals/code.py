"""Programs inside a thought."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

FENCED = r"(?s)```.*?(?:```|\z)"  # ```python ... ```, to the end where it never closes


@signal(
    pa.float32(), "share of the thought's characters in fenced code; null: no thought",
    unit="share", low=0, high=1, reads=("thought",),
    paper="OpenCodeReasoning drops code inside the reasoning: https://arxiv.org/abs/2504.01943",
)  # fmt: skip
def code_share(traces: pl.DataFrame) -> pl.Series:
    """Characters in fenced blocks over all of the thought."""
    thought = pl.col("thought")
    blocks = thought.str.extract_all(FENCED).list.eval(pl.element().str.len_chars()).list.sum()
    fenced = pl.when(thought.str.contains("```", literal=True)).then(blocks).otherwise(0)
    return traces.select(pl.when(thought != "").then(fenced / thought.str.len_chars())).to_series()
