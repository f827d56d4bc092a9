"""Scripts of a thought: a language that a teacher slipped into shows at once."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

MIXED = "language mixing of R1-Zero: https://arxiv.org/abs/2501.12948"


@signal(
    pa.float32(), "share of Latin among the letters of the thought; null: no letters", unit="share",
    low=0, high=1, reads=("script_counts",),
)  # fmt: skip
def latin_share(traces: pl.DataFrame) -> pl.Series:
    """Latin letters over all but Greek ones, which are of formulas."""
    return _share(traces, "latin")


@signal(
    pa.float32(), "share of Han among the letters of the thought; null: no letters", unit="share",
    low=0, high=1, reads=("script_counts",), paper=MIXED,
)  # fmt: skip
def han_share(traces: pl.DataFrame) -> pl.Series:
    """Han letters over all but Greek ones."""
    return _share(traces, "han")


@signal(
    pa.int32(), "scripts, Greek aside, of which the thought has letters", unit="scripts", low=0,
    nullable=False, reads=("script_counts",),
)  # fmt: skip
def scripts(traces: pl.DataFrame) -> pl.Series:
    """How many scripts each thought is written in."""
    counts = traces["script_counts"].struct.unnest().drop("greek", "switches")
    return counts.select(pl.sum_horizontal(pl.all() > 0)).to_series()


@signal(
    pa.int32(), "how often the thought goes over to another script", unit="occurrences", low=0,
    nullable=False, reads=("script_counts",), paper=MIXED,
)  # fmt: skip
def script_switches(traces: pl.DataFrame) -> pl.Series:
    """Turns to another script; Han and kana are one, Latin counts from three letters on."""
    return traces["script_counts"].struct.field("switches")


def _share(traces: pl.DataFrame, script: str) -> pl.Series:
    counts = traces["script_counts"].struct.unnest().drop("greek", "switches")
    letters = pl.sum_horizontal(pl.all())
    return counts.select(pl.when(letters > 0).then(pl.col(script) / letters)).to_series()
