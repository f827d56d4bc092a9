"""The answers that a thought states on its way (readings/candidates.py says how they are found)."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

OVERTHINKING = "first correct solution and what follows: https://arxiv.org/abs/2412.21187"


@signal(
    pa.int32(), "answers that the thought states, boxed or in words", unit="answers", low=0,
    nullable=False, reads=("candidates",),
)  # fmt: skip
def candidate_answers(traces: pl.DataFrame) -> pl.Series:
    """Candidates of the answer in each thought."""
    return traces["candidates"].struct.field("candidates")


@signal(
    pa.int32(), "how often the answer that the thought states next is another one",
    unit="occurrences", low=0, nullable=False, reads=("candidates",),
    paper="thoughts that switch: https://arxiv.org/abs/2501.18585",
)  # fmt: skip
def answer_switches(traces: pl.DataFrame) -> pl.Series:
    """Changes of mind of each thought."""
    return traces["candidates"].struct.field("switches")


@signal(
    pa.int64(), "character of the thought behind the first answer that is the gold one; null: none",
    unit="characters", low=0, reads=("candidates",), paper=OVERTHINKING,
)  # fmt: skip
def first_correct(traces: pl.DataFrame) -> pl.Series:
    """Where the thought has the gold answer for the first time; null without a gold answer."""
    return traces["candidates"].struct.field("first")


@signal(
    pa.float32(), "share of the thought behind its first correct answer; null: none",
    unit="share", low=0, high=1, reads=("candidates", "thought"), paper=OVERTHINKING,
)  # fmt: skip
def overthinking(traces: pl.DataFrame) -> pl.Series:
    """How much of each thought comes after it has the gold answer, in characters: as in tokens."""
    length = traces["thought"].str.len_chars()
    return 1 - traces["candidates"].struct.field("first") / length


@signal(
    pa.bool_(), "the last answer that the thought states is the gold one; null: no answer, no gold",
    reads=("candidates",),
)  # fmt: skip
def thought_correct(traces: pl.DataFrame) -> pl.Series:
    """Whether each thought ends at the gold answer, as it is written or as a number."""
    return traces["candidates"].struct.field("last_right")
