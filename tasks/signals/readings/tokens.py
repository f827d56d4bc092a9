"""Tokens by a named tokenizer."""

from functools import cache
from pathlib import Path

import polars as pl

from schemas.errors import SourceError
from schemas.parts.signal import reading
from tasks.signals.measuring.values import ESTIMATE


@reading(reads=("tokenizer",))
def counted_tokens(traces: pl.DataFrame) -> pl.Series:
    """Tokens of each trace, its thought and its response together."""
    return count_tokens(traces["whole"], named(traces)).cast(pl.Int64)


@reading(reads=("tokenizer",))
def counted_parts(traces: pl.DataFrame) -> pl.Series:
    """A struct with the tokens of the `reasoning` and of the `response` of each trace."""
    counts = [
        count_tokens(traces[part].fill_null(""), named(traces)).cast(pl.Int64).alias(part)
        for part in ("reasoning", "response")
    ]
    return pl.DataFrame(counts).select(pl.struct("reasoning", "response")).to_series()


def named(traces: pl.DataFrame) -> str | None:
    """The tokenizer that is to count, the same for all traces; None: the estimate."""
    name = traces["tokenizer"][0] if len(traces) else ESTIMATE
    return None if name == ESTIMATE else name


def count_tokens(texts: pl.Series, tokenizer: str | None) -> pl.Series:
    """Tokens of each text; `tokenizer` is a tokenizer.json, a hub id, or None for the estimate."""
    if tokenizer is None:
        return (texts.str.len_chars() + 3) // 4
    coder = _load(tokenizer)
    return pl.Series(
        [len(coding.ids) for coding in coder.encode_batch_fast(texts.to_list())], dtype=pl.Int64
    )


@cache
def _load(tokenizer: str):  # type: ignore[no-untyped-def]  # tokenizers ships no types
    import tokenizers

    try:
        if Path(tokenizer).exists():
            return tokenizers.Tokenizer.from_file(tokenizer)
        return tokenizers.Tokenizer.from_pretrained(tokenizer)
    except Exception as error:  # tokenizers raises bare Exception
        raise SourceError(
            f"tokenizer {tokenizer}: {error}; give a tokenizer.json or a hub id"
        ) from error
