"""Loops and repeated stretches of a thought, word for word (readings/repeats.py says how)."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal


@signal(
    pa.int64(), "character of the thought at which a loop begins to repeat; null: there is none",
    unit="characters", low=0, reads=("repeats",),
)  # fmt: skip
def loop_onset(traces: pl.DataFrame) -> pl.Series:
    """Where the second round begins: cut there, one round is left."""
    onset = traces["repeats"].struct.field("onset")
    return onset.to_frame("at").select(pl.when(pl.col("at") >= 0).then("at")).to_series()


@signal(
    pa.float32(), "share of the thought's characters that a loop takes; 0: there is none",
    unit="share", low=0, high=1, nullable=False, reads=("repeats", "thought"),
)  # fmt: skip
def loop_share(traces: pl.DataFrame) -> pl.Series:
    """How much of each thought goes round in a circle."""
    length = traces["thought"].str.len_chars().clip(1)
    return traces["repeats"].struct.field("circle") / length


@signal(
    pa.int32(), "how often the most frequent 20 words in a row stand in the thought; 0: too short",
    unit="occurrences", low=0, nullable=False, reads=("repeats",),
    paper="AM-Thinking-v1's data drop traces above 20: https://arxiv.org/abs/2505.14464",
)  # fmt: skip
def most_repeated_20gram(traces: pl.DataFrame) -> pl.Series:
    """Occurrences of the most frequent 20-gram of words."""
    return traces["repeats"].struct.field("most")


@signal(
    pa.float32(), "share of 10 words in a row that stand earlier in the thought; null: too short",
    unit="share", low=0, high=1, reads=("repeats",),
    paper="duplicate 10-grams of Gopher: https://arxiv.org/abs/2112.11446, table A1",
)  # fmt: skip
def repeated_10grams(traces: pl.DataFrame) -> pl.Series:
    """How much of each thought repeats ten words of it."""
    found = traces["repeats"].struct.unnest()
    grams = pl.col("words") - 9
    share = pl.when(grams > 1).then(pl.col("again") / grams)
    return found.select(share).to_series()
