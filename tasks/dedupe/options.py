"""When two texts count as near-duplicates: the options that problems and traces share."""

from typing import Literal, NamedTuple

from pydantic import Field

from schemas.rows import Strict

Mode = Literal["problem", "template", "text"]


class Near(Strict):
    """When two texts are near-duplicates. Equal texts (but for case and spacing) always are."""

    threshold: float = Field(
        0.8, gt=0, le=1, description="Jaccard similarity of shingles; 1: equal texts only"
    )
    recall: float = Field(
        0.995, gt=0, lt=1, description="share of the pairs at the threshold that must be found"
    )
    shingles: Literal["word", "char"] = Field("word", description="what a shingle is made of")
    n: int | None = Field(
        None, ge=1, le=64, description="units of a shingle; default: 3 words or 12 characters"
    )
    ancestors: bool = Field(
        False,
        description="compare what `derive` made with what it was made from, too",
        exclude_if=lambda told: not told,  # steps of before have the keys that they had
    )


class Shingling(NamedTuple):
    """What a shingle is: `n` units, words (tokens) or characters; numbers masked or not."""

    unit: Literal["word", "char"] = "word"
    n: int = 3
    masked: bool = False
