"""What a comparison with benchmarks is told: which ones, and from where on a hit counts."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.rows import Strict

Decision = Literal["drop", "review", "keep"]


class Bounds(Strict):
    """Scores from which a hit is dropped, or left in and listed for review."""

    drop: float = Field(ge=0, le=1, description="score from which a row is set aside")
    review: float = Field(ge=0, le=1, description="score from which a person should look")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.review > self.drop:
            raise ValueError("`review` must not be above `drop`")
        return self


class Meaning(Strict):
    """Items that resemble a problem in what it says, as further candidates."""

    top: int = Field(
        5, ge=1, le=20, description="items of a benchmark that are looked at: those nearest"
    )
    least: float = Field(0.5, ge=0, le=1, description="cosine from which such an item is looked at")
    near: float = Field(
        0.75,
        ge=0,
        le=1,
        description="cosine from which the nearest item is dropped for what alone is for review",
    )


class Comparison(Strict):
    """Benchmarks, and the thresholds of the tests."""

    benchmarks: list[str] = Field(
        min_length=1,
        description="names of shipped declarations, or files: a declaration (YAML) or the items",
    )
    n: int = Field(5, ge=1, le=64, description="length of an n-gram, in tokens")
    ngram: Bounds = Field(
        Bounds(drop=0.6, review=0.5), description="share of the item's n-grams, weighted by rarity"
    )
    fuzzy: Bounds = Field(
        Bounds(drop=0.92, review=0.9), description="edit similarity, numbers masked"
    )
    words: float = Field(
        0.6, ge=0, le=1, description="same numbers: share of common words of a paraphrase"
    )
    variant: Decision = Field("drop", description="at most this for the text with other numbers")
    paraphrase: Decision = Field(
        "drop", description="at most this for other words; review where an answer is not known"
    )
    meaning: Meaning | None = Field(
        None,
        description="look at what is near by meaning, too: `{}`, or other bounds; needs "
        "`longcot[semantic]`",
        exclude_if=lambda told: told is None,  # recipes of before are known by their fingerprint
    )
