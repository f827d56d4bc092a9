"""The natural languages of a trace, by lingua (readings/language.py); ISO 639-1 codes."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal


@signal(
    pa.string(), "language of the problem (ISO 639-1); null: too short",
    reads=("language",),
)  # fmt: skip
def problem_language(traces: pl.DataFrame) -> pl.Series:
    """Language of each problem."""
    return traces["language"].struct.field("problem")


@signal(
    pa.string(), "language of the reasoning (ISO 639-1); null: too short",
    reads=("language",),
)  # fmt: skip
def thought_language(traces: pl.DataFrame) -> pl.Series:
    """Language of each reasoning."""
    return traces["language"].struct.field("reasoning")


@signal(
    pa.string(), "language of the response (ISO 639-1); null: too short",
    reads=("language",),
)  # fmt: skip
def answer_language(traces: pl.DataFrame) -> pl.Series:
    """Language of each response."""
    return traces["language"].struct.field("response")
