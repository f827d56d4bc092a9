"""Token counts by a named tokenizer."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal


@signal(
    pa.int64(), "tokens of reasoning and response by `tokenizer`", unit="tokens", low=0,
    nullable=False, reads=("counted_tokens",),
)  # fmt: skip
def tokens(traces: pl.DataFrame) -> pl.Series:
    """Tokens of each trace."""
    return traces["counted_tokens"]


@signal(
    pa.string(), "who counted: a tokenizer's name, or characters/4", nullable=False,
    reads=("tokenizer",),
)  # fmt: skip
def tokenizer(traces: pl.DataFrame) -> pl.Series:
    """Who counted the tokens of each trace: the same for all of a build."""
    return traces["tokenizer"]
