"""The natural language of problem, reasoning and response, by lingua.

lingua (https://github.com/pemistahl/lingua-py) was built for short and mixed texts, is
deterministic, and its wheel holds its models; langdetect draws at random and needs a sentence or
two, fastText's model has to be fetched. Formulas and code are taken out before it reads.
"""

from functools import cache
from typing import Any

import polars as pl

from schemas.errors import LongcotError
from schemas.parts.signal import reading

READ = 600
"""Characters that are looked at: the first words without formulas; more change nothing."""

LEAST = 20
"""Letters below which no language is told."""

FORMAL = (  # formulas, commands, code, tags, links: in no language
    r"(?s)```.*?(?:```|\z)|\$\$?[^$]{1,400}\$\$?|\\[(\[].{1,400}?\\[)\]]|\\[a-zA-Z]+|`[^`\n]*`"
    r"|https?://\S+|<[^<>\n]{1,40}>|[0-9_^{}=+*/|#<>~\\-]+"
)
NAMES = (
    "ENGLISH CHINESE JAPANESE KOREAN GERMAN FRENCH SPANISH ITALIAN PORTUGUESE RUSSIAN UKRAINIAN "
    "POLISH DUTCH TURKISH ARABIC HINDI BENGALI VIETNAMESE THAI INDONESIAN SWAHILI"
).split()
"""The languages that are told apart; each more costs accuracy on short texts."""


@reading(version="2", reads=("problem",))
def language(traces: pl.DataFrame) -> pl.Series:
    """A struct with the ISO 639-1 code of `problem`, `reasoning`, `response`; null: too short."""
    parts = ("problem", "reasoning", "response")
    codes = [languages_of(traces[part]).alias(part) for part in parts]
    return pl.DataFrame(codes).select(pl.struct(parts)).to_series()


def languages_of(texts: pl.Series) -> pl.Series:
    """The language of each text, computed once for texts that are alike."""
    begun = texts.str.head(4 * READ).to_frame("text")
    text = pl.col("text").str.replace_all(FORMAL, " ")
    # A text that is nothing but a fence, as JSON often is, is read without its marks.
    inside = pl.col("text").str.replace_all("```", "").str.replace_all(FORMAL, " ")
    heads = begun.select(pl.when(text.str.contains(r"\S")).then(text).otherwise(inside)).to_series()
    heads = heads.str.replace_all(r"\s+", " ")
    heads = heads.str.strip_chars().str.head(READ)
    letters = heads.str.count_matches(r"\p{L}")
    enough = heads.filter((letters >= LEAST) | heads.str.contains(r"\p{Han}{4}|\p{Hangul}{4}"))
    distinct = enough.drop_nulls().unique(maintain_order=True)
    found = _detector().detect_languages_in_parallel_of(distinct.to_list())
    codes = [one.iso_code_639_1.name.lower() if one else None for one in found]
    table = pl.DataFrame({"head": distinct, "code": pl.Series(codes, dtype=pl.String)})
    whole = heads.to_frame("head").join(table, on="head", how="left", maintain_order="left")
    return whole["code"]


@cache
def _detector() -> Any:
    try:
        from lingua import Language, LanguageDetectorBuilder
    except ImportError as error:
        raise LongcotError(
            "signals of languages need lingua; `pip install 'longcot[language]'`, or leave "
            "`languages` out of the step `measure`"
        ) from error
    known = [getattr(Language, name) for name in NAMES]
    return LanguageDetectorBuilder.from_languages(*known).build()
