"""What a view of other views' rows says: which, in which shares, and how much."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.counts import Count
from schemas.rows import Strict


def _unset(value: object) -> bool:
    return value is None


class Mix(Strict):
    """Rows of other views, in shares."""

    of: dict[str, Annotated[float, Field(gt=0)]] = Field(
        min_length=1, description="views of the recipe and their shares, in the order of the rows"
    )
    rows: Count | None = Field(
        None, exclude_if=_unset, description="at most so many rows; the shares are of rows"
    )
    tokens: Count | None = Field(
        None, exclude_if=_unset, description="at most so many tokens; the shares are of tokens"
    )
    repeat: int = Field(
        1,
        ge=1,
        description="how often a row may stand where its view has too few; where that is not "
        "enough the whole mix is smaller, its shares hold",
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.rows and self.tokens:
            raise ValueError("a mix is of `rows` or of `tokens`")
        return self

    def shares(self) -> dict[str, float]:
        """The shares, adding up to 1."""
        whole = sum(self.of.values())
        return {view: share / whole for view, share in self.of.items()}
