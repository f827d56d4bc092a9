"""What a recipe says of a verifier of one's own: a program, or a service, that judges a kind.

    verify:
      kinds:
        lean: {command: "lean-judge --quick", deadline: 120, version: "4.12"}
        smiles: {url: "http://127.0.0.1:8700/judge"}

It is trusted as the recipe is, and judges the problems whose `answer_kind` has its name.
"""

from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from schemas.rows import Strict

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]


class OwnVerifier(Strict):
    """A program or a service that judges one kind of answer."""

    command: str | None = Field(
        None,
        min_length=1,
        description="a program, trusted like the recipe: reads a JSON line for each response, "
        "writes a JSON line with `id` and `verdict`",
    )
    url: str | None = Field(
        None, pattern=r"^https?://", description="a service: takes the same JSON by POST, one each"
    )
    deadline: float = Field(60, gt=0, description="seconds that it may take over one response")
    version: str = Field("1", description="raise it when it judges otherwise; part of a verdict")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError("a verifier of one's own has a `command` or a `url`")
        return self


class OwnVerifiers(NamedTuple):
    """The verifiers of one's own of a recipe by the kind that they judge; programs start in
    `base`, the recipe's folder.
    """

    kinds: dict[str, OwnVerifier]
    base: Path = Path()


NONE = OwnVerifiers({})
