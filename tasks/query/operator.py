"""A step that asks a model of the recipe about rows that SQL selects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from schemas.answer_types import FIELD
from schemas.parts.choice import Choice
from schemas.parts.step import Step
from schemas.recipe.teachers import Asked
from tasks.llm.asking.ask_step import AskStep, check_named

if TYPE_CHECKING:  # a recipe is read without polars
    from tasks.llm.asking.ask_step import Shown
    from tasks.llm.prompts import Template
    from tasks.pool.build import Build


class Operator(AskStep):
    """A step that asks a model of the recipe about rows that SQL selects."""

    name: str = Field(pattern=FIELD, description="its name: of the step, and of what it makes")
    prompt: str = Field(description="prompt template, by name or file")
    teacher: str = Field(description="a model of `models`, or a live teacher, by its name")
    where: str | None = Field(None, description="SQL condition over the joined pool: which rows")
    n: int = Field(1, ge=1, description="answers drawn about each row")

    @property
    def over(self) -> Literal["problems", "traces"]:
        """The table whose rows it asks about."""
        raise NotImplementedError

    @property
    def what(self) -> str:
        """Its name: each question has its own answers."""
        return self.name

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """Its model is named, and its rows are there."""
        check_named(self.called, self.teacher, teachers)
        if self.over == "traces" and not any("traces" in step.tables() for step in earlier):
            raise ValueError(f"step `{self.called}` needs `generate` before it")

    def asked(self, models: Mapping[str, Asked]) -> Asked:
        """The model of that name."""
        return models[self.teacher]

    def names(self) -> Iterable[str] | None:
        """Whatever the rows have."""
        return None

    def draws(self) -> int:
        """The answers about each row."""
        return self.n

    def choice(self, ready: "Template") -> Choice:
        """The rows that meet the condition, with what the prompt names of them."""
        from tasks.query.rows_about import choice_of

        return choice_of(self.over, self.where, ready.names)

    @property
    def counted(self) -> str:
        """What its line of the funnel counts."""
        return self.over

    def parts(self, build: "Build") -> "Iterator[Shown]":
        """The chosen rows of every shard."""
        from tasks.query.rows_about import shown

        template = build.ready[self.called]
        choice = self.choice(template)
        yield from shown(build, self.called, choice, template.names, build.first())
