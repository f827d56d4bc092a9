"""Token counts by a named tokenizer."""

from functools import cache
from pathlib import Path

import polars as pl
import pyarrow as pa

from schemas.errors import SourceError
from schemas.parts.signal import signal

ESTIMATE = "characters/4"
"""The rule of thumb for English text in current vocabularies; named so that nobody takes it for a
count. Where the server counted, `traces.completion_tokens` is exact."""


@signal(
    pa.int64(), "tokens of reasoning and response by `tokenizer`", unit="tokens", low=0,
    nullable=False,
)  # fmt: skip
def tokens(traces: pl.DataFrame) -> pl.Series:
    """Tokens of each trace, which `measure` has counted for every signal."""
    return traces["tokens"]


@signal(pa.string(), "who counted: a tokenizer's name, or characters/4", nullable=False)
def tokenizer(traces: pl.DataFrame) -> pl.Series:
    """Who counted the tokens of each trace: the same for all of a build."""
    return traces["tokenizer"]


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
