"""When a build stops buying: so many rows in a view, or so much spent."""

from typing import Self

from pydantic import Field, model_validator

from schemas.rows import Strict


class Target(Strict):
    """Enough rows in a view: no more is bought then."""

    view: str = Field(description="the view whose rows are counted")
    rows: int = Field(ge=1, description="rows that it has to hold")


class Budget(Strict):
    """What all live teachers and models of a recipe may cost in a pool, over all of its builds."""

    tokens: float | None = Field(None, gt=0, description="tokens, of prompts and completions")
    money: float | None = Field(
        None, gt=0, description="money, in the currency of the models' `prices`"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.tokens is None and self.money is None:
            raise ValueError("a budget has `tokens`, `money`, or both")
        return self
