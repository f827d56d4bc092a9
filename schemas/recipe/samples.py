"""How many samples of a problem a live teacher is asked for."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from schemas.rows import Strict


class Until(Strict):
    """What is asked of a problem's samples: `band`, or counts of right and wrong ones."""

    band: tuple[float, float] | None = Field(
        None, description="settle whether the pass rate lies in [low, high] or outside"
    )
    correct: int | None = Field(None, ge=1, description="this many right samples")
    incorrect: int | None = Field(None, ge=1, description="and this many wrong ones (for pairs)")
    confidence: float = Field(
        0.9,
        gt=0.5,
        le=1,
        description="stop early only if `max` samples would give the same answer with at least "
        "this probability; 1: only if they must",
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        counts = self.correct or self.incorrect
        if (self.band is None) == (counts is None):
            raise ValueError("`until` asks for either `band` or `correct` and `incorrect`")
        if self.band and not 0 <= self.band[0] <= self.band[1] <= 1:
            raise ValueError("`band` is [low, high] with 0 <= low <= high <= 1")
        if self.band == (0, 1):
            raise ValueError("every pass rate lies in the band [0, 1]")
        return self


class Samples(Strict):
    """How many samples a problem gets from a teacher."""

    min: int = Field(1, ge=1, description="at least so many, whatever they say")
    max: int = Field(ge=1, description="at most so many")
    until: Until | None = Field(None, description="stop between `min` and `max` once this is known")

    @model_validator(mode="after")
    def _in_reach(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"`min` is {self.min}, above `max` ({self.max})")
        if self.until is None:
            if self.min < self.max:
                raise ValueError("say `until` when to stop between `min` and `max`")
            return self
        if self.max > MOST_PLANNED:
            raise ValueError(f"with `until`, `max` is at most {MOST_PLANNED}")
        asked = (self.until.correct or 0) + (self.until.incorrect or 0)
        if asked > self.max:
            raise ValueError(f"`until` asks for {asked} samples, above `max` ({self.max})")
        if self.until.band:
            low, high = self.until.band
            if not any(low <= k / self.max <= high for k in range(self.max + 1)):
                raise ValueError(f"no pass rate of {self.max} samples lies in the band")
        return self


MOST_PLANNED = 128
"""Samples of a problem up to which an early stop is planned: 0.2 s and 20 MB for so many."""


def _samples(value: Any) -> Any:  # `samples: 4` is short for `{min: 4, max: 4}`
    plain = isinstance(value, int) and not isinstance(value, bool)
    return {"min": value, "max": value} if plain else value


Draws = Annotated[Samples, BeforeValidator(_samples, json_schema_input_type=int | Samples)]
"""The field `samples` of a live teacher."""
