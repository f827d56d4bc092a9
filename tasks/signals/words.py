"""Words that show what a thought is doing, and LIMO's score of them."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

LIMO = "https://arxiv.org/abs/2502.03387"
SEAL = "https://arxiv.org/abs/2504.07986"


@signal(
    pa.int32(), "words that take something back (`wait`, `hold on`, `that is wrong`)",
    unit="words", low=0, nullable=False, reads=("word_counts",),
    paper=f"reflection of SEAL: {SEAL}",
)  # fmt: skip
def backtracks(traces: pl.DataFrame) -> pl.Series:
    """Words that take something back (`wait,`, `hold on`, `that is wrong`) in each thought."""
    return traces["word_counts"].struct.field("backtracks")


@signal(
    pa.int32(), "words of checking (`check`, `verify`, `make sure`)", unit="words",
    low=0, nullable=False, reads=("word_counts",), paper=f"self-verification of LIMO: {LIMO}",
)  # fmt: skip
def checks(traces: pl.DataFrame) -> pl.Series:
    """Words of checking (`check`, `verify`, `make sure`) in each thought."""
    return traces["word_counts"].struct.field("checks")


@signal(
    pa.int32(), "words of trying out (`perhaps`, `might`, `what if`)", unit="words",
    low=0, nullable=False, reads=("word_counts",), paper=f"exploration of LIMO: {LIMO}",
)  # fmt: skip
def explorations(traces: pl.DataFrame) -> pl.Series:
    """Words of trying out (`perhaps`, `might`, `what if`) in each thought."""
    return traces["word_counts"].struct.field("explorations")


@signal(
    pa.int32(), "words of drawing conclusions (`therefore`, `since`, `because`)", unit="words",
    low=0, nullable=False, reads=("word_counts",), paper=f"connectors of LIMO: {LIMO}",
)  # fmt: skip
def connectors(traces: pl.DataFrame) -> pl.Series:
    """Words of drawing conclusions (`therefore`, `since`, `because`) in each thought."""
    return traces["word_counts"].struct.field("connectors")


@signal(
    pa.int32(), "words of another way (`alternatively`, `another approach`)", unit="words",
    low=0, nullable=False, reads=("word_counts",), paper=f"transition of SEAL: {SEAL}",
)  # fmt: skip
def transitions(traces: pl.DataFrame) -> pl.Series:
    """Words of another way (`alternatively`, `another approach`) in each thought."""
    return traces["word_counts"].struct.field("transitions")


@signal(
    pa.float32(), "words of checking over all words of the thought", unit="share", low=0,
    reads=("word_counts", "repeats"),
    paper=f"LIMO's self-verification, a fifth of its score: {LIMO}",
)  # fmt: skip
def limo_verification(traces: pl.DataFrame) -> pl.Series:
    """Relative frequency of LIMO's words of verification; null for a thought without a word."""
    return _relative(traces, "limo_checks")


@signal(
    pa.float32(), "words of trying out over all words of the thought", unit="share", low=0,
    reads=("word_counts", "repeats"), paper=f"LIMO's exploration, a quarter of its score: {LIMO}",
)  # fmt: skip
def limo_exploration(traces: pl.DataFrame) -> pl.Series:
    """Relative frequency of LIMO's words of exploration; null for a thought without a word."""
    return _relative(traces, "limo_tries")


@signal(
    pa.float32(), "words of drawing conclusions over all words of the thought", unit="share", low=0,
    reads=("word_counts", "repeats"), paper=f"LIMO's connectors, a quarter of its score: {LIMO}",
)  # fmt: skip
def limo_connection(traces: pl.DataFrame) -> pl.Series:
    """Relative frequency of LIMO's connectors; null for a thought without a word. LIMO's fourth
    part, elaboration (30 %), is the length: `words`.
    """
    return _relative(traces, "limo_joins")


def _relative(traces: pl.DataFrame, kind: str) -> pl.Series:
    both = pl.DataFrame([traces["word_counts"].struct.field(kind).alias("n"),
                         traces["repeats"].struct.field("words")])  # fmt: skip
    share = pl.when(pl.col("words") > 0).then(pl.col("n") / pl.col("words"))
    return both.select(share).to_series()
