"""How much of a trace is thought, in tokens and steps."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal


@signal(
    pa.int64(), "tokens of the reasoning by `tokenizer`; 0 where there is none", unit="tokens",
    low=0, nullable=False, reads=("counted_parts",),
)  # fmt: skip
def thought_tokens(traces: pl.DataFrame) -> pl.Series:
    """Tokens of each reasoning."""
    return traces["counted_parts"].struct.field("reasoning")


@signal(
    pa.int64(), "tokens of the response by `tokenizer`; 0 where there is none", unit="tokens",
    low=0, nullable=False, reads=("counted_parts",),
)  # fmt: skip
def answer_tokens(traces: pl.DataFrame) -> pl.Series:
    """Tokens of each response."""
    return traces["counted_parts"].struct.field("response")


@signal(
    pa.float32(), "tokens of the reasoning over those of the response; null: no response",
    unit="ratio", low=0, reads=("counted_parts",),
)  # fmt: skip
def thought_ratio(traces: pl.DataFrame) -> pl.Series:
    """How often the response would go into the reasoning."""
    parts = traces["counted_parts"].struct.unnest()
    ratio = pl.when(pl.col("response") > 0).then(pl.col("reasoning") / pl.col("response"))
    return parts.select(ratio).to_series()


@signal(
    pa.int32(), "words of the thought: runs between blanks of 16 bytes at most", unit="words",
    low=0, nullable=False, reads=("repeats",),
)  # fmt: skip
def words(traces: pl.DataFrame) -> pl.Series:
    """Words of each thought."""
    return traces["repeats"].struct.field("words")
