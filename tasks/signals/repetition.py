"""Loops and repetition, in C-speed passes over the text: linear in its length, any length."""

from threading import local

import polars as pl
import pyarrow as pa
import zstandard

from schemas.parts.signal import signal

TAIL = 64
SAMPLE = 2**20
"""Texts beyond a megabyte are judged by their first and last halves of it: a loop shows there."""


@signal(
    pa.float32(), "zstd-1 bytes over raw bytes; under 0.1 is a loop", unit="ratio", low=0,
    paper="compression ratio as a measure of repetition: https://arxiv.org/abs/2403.00553",
)  # fmt: skip
def compression(traces: pl.DataFrame) -> pl.Series:
    """Compressed over raw bytes of each trace."""
    texts = _sampled(traces["whole"]).cast(pl.Binary)
    return pl.Series(map(compression_of, texts), dtype=pl.Float64)


@signal(
    pa.float32(), "share of characters in lines seen before, 0 to 1", unit="share", low=0, high=1,
    paper="duplicate line character fraction of Gopher: https://arxiv.org/abs/2112.11446, table A1",
)  # fmt: skip
def repeated_lines(traces: pl.DataFrame) -> pl.Series:
    """How much of each trace stands in lines that it had before."""
    from tasks.signals.measuring.lines import repeated  # a compiled pass: slow to import

    return repeated(_sampled(traces["whole"]))


@signal(pa.int32(), "how often the last 64 characters stand in the text", unit="occurrences", low=0)
def tail_repeats(traces: pl.DataFrame) -> pl.Series:
    """How often the end of each trace stands in it."""
    return pl.Series(map(tail_repeats_of, traces["whole"]), dtype=pl.Int64)


_own = local()


def _compressor() -> zstandard.ZstdCompressor:
    """This thread's compressor: making one costs more than most texts, and none may be shared."""
    if not hasattr(_own, "compressor"):
        _own.compressor = zstandard.ZstdCompressor(level=1)
    compressor: zstandard.ZstdCompressor = _own.compressor
    return compressor


def compression_of(text: bytes) -> float | None:
    """Compressed over raw bytes (zstd 1). Prose has 0.35 to 0.5, a trace stuck in a loop under 0.1.

    None for an empty text; over 1 for a text of a few characters, whose frame outweighs it.
    """
    return len(_compressor().compress(text)) / len(text) if text else None


def tail_repeats_of(text: str) -> int:
    """How often the last 64 characters stand in the text: 1, or many for a loop at the end."""
    tail = text.rstrip()[-TAIL:]
    sample = text if len(text) <= SAMPLE else text[: SAMPLE // 2] + text[-SAMPLE // 2 :]
    return sample.count(tail) if tail else 0


def _sampled(texts: pl.Series) -> pl.Series:
    """Each text, or its first and last halves of a sample."""
    text = pl.col("text")
    ends = pl.concat_str(text.str.head(SAMPLE // 2), text.str.tail(SAMPLE // 2))
    long = text.str.len_chars() > SAMPLE
    return texts.to_frame("text").select(pl.when(long).then(ends).otherwise(text)).to_series()
