"""The steps of a thought by what they do (readings/steps.py says how they are told)."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

ANCHORS = "kinds of steps of Thought Anchors: https://arxiv.org/abs/2506.19143"


@signal(
    pa.int32(), "steps of the thought: its paragraphs, and turns inside of them", unit="steps",
    low=0, nullable=False, reads=("step_counts",),
    paper="SEAL cuts thoughts at empty lines: https://arxiv.org/abs/2504.07986",
)  # fmt: skip
def steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought."""
    return traces["step_counts"].struct.field("steps")


@signal(
    pa.int32(), "steps that restate the problem", unit="steps", low=0, nullable=False,
    reads=("step_counts",), paper=ANCHORS,
)  # fmt: skip
def restate_steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that restate the problem."""
    return traces["step_counts"].struct.field("restate")


@signal(
    pa.int32(), "steps that say what to do", unit="steps", low=0, nullable=False,
    reads=("step_counts",), paper=ANCHORS,
)  # fmt: skip
def plan_steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that say what to do."""
    return traces["step_counts"].struct.field("plan")


@signal(
    pa.int32(), "steps that state facts and compute", unit="steps", low=0, nullable=False,
    reads=("step_counts",), paper=ANCHORS,
)  # fmt: skip
def compute_steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that state facts and compute."""
    return traces["step_counts"].struct.field("compute")


@signal(
    pa.int32(), "steps that check", unit="steps", low=0, nullable=False,
    reads=("step_counts",), paper=ANCHORS,
)  # fmt: skip
def verify_steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that check."""
    return traces["step_counts"].struct.field("verify")


@signal(
    pa.int32(), "steps that take something back", unit="steps", low=0, nullable=False,
    reads=("step_counts",), paper=ANCHORS,
)  # fmt: skip
def backtrack_steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that take something back."""
    return traces["step_counts"].struct.field("backtrack")


@signal(
    pa.int32(), "steps that state the answer", unit="steps", low=0, nullable=False,
    reads=("step_counts",), paper=ANCHORS,
)  # fmt: skip
def conclude_steps(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that state the answer."""
    return traces["step_counts"].struct.field("conclude")


@signal(
    pa.int32(), "steps that turn to another way (`Alternatively, ...`)", unit="steps", low=0,
    nullable=False, reads=("step_counts",),
    paper="thoughts that switch too often: https://arxiv.org/abs/2501.18585",
)  # fmt: skip
def branches(traces: pl.DataFrame) -> pl.Series:
    """Steps of each thought that turn to another way."""
    return traces["step_counts"].struct.field("branches")
