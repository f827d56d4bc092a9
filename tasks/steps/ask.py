"""ask: a question of one's own about problems or traces; the answers are columns of the pool."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, field_validator

from schemas.answer_types import FIELD, AnswerTypes, form
from schemas.parts.choice import Choice
from schemas.parts.step import Step
from schemas.recipe.teachers import Asked
from tasks.llm.asking.ask_step import AskStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    import pyarrow as pa

    from tasks.llm.asking.ask_step import Shown
    from tasks.llm.asking.question import Question
    from tasks.llm.prompts import Template
    from tasks.pool.build import Build
    from tasks.pool.jobs import Output
    from tasks.pool.store import Pool


class Ask(AskStep, kind="ask"):
    """Ask a model a question of one's own about problems or traces; its answers are columns."""

    writes = ("answers",)
    reasons = ("set_aside", "not_chosen", "no_answer")

    name: str = Field(pattern=FIELD, description="its name: of the step, and of its column")
    about: Literal["problems", "traces"] = Field("problems", description="what it is asked about")
    prompt: str = Field(description="prompt template, by name or file")
    teacher: str = Field(description="a model of `models`, or a live teacher, by its name")
    answer: AnswerTypes = Field(
        min_length=1, description="the fields of an answer with their types"
    )
    where: str | None = Field(None, description="SQL condition over the joined pool: which rows")
    n: int = Field(1, ge=1, description="answers drawn about each row; numbers are their mean")

    @field_validator("answer")
    @classmethod
    def _no_count(cls, types: dict[str, Any]) -> dict[str, Any]:
        if "n" in types:
            raise ValueError("a field cannot be called `n`, the number of answers")
        return types

    @property
    def what(self) -> str:
        """Its name: each question has its own answers."""
        return self.name

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """Its model is named, and its rows are there."""
        models = [one.name for one in teachers if isinstance(one, Asked)]
        if self.teacher not in models:
            there = ", ".join(models) or "none"
            raise ValueError(
                f"step `{self.called}`: no model is called `{self.teacher}` (there are: {there}); "
                "add it to `models` or to `teachers`"
            )
        if self.about == "traces" and not any("traces" in step.writes for step in earlier):
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

    def form(self) -> type[BaseModel]:
        """The fields, and no other."""
        return form(self.answer)

    def adds(self) -> "Mapping[str, pa.Schema]":
        """A column of its name."""
        from tasks.llm.asking.columns import schema_of

        key = f"{self.about.removesuffix('s')}_id"
        return {self.name: schema_of(key, self.name, self.answer, self.n)}

    def choice(self, ready: "Template") -> Choice:
        """The rows that meet the condition, with what the prompt names of them."""
        from tasks.query.rows_about import choice_of

        return choice_of(self.about, self.where, ready.names)

    @property
    def counted(self) -> str:
        """What its line of the funnel counts."""
        return self.about

    def parts(self, build: "Build") -> "Iterator[Shown]":
        """The chosen rows of every shard."""
        from tasks.query.rows_about import shown

        template = build.ready[self.called]
        choice = self.choice(template)
        yield from shown(build, self.called, choice, template.names, build.first())

    def taker(self, question: "Question") -> "Callable[..., Output]":
        """Answers become the column."""
        return partial(take, name=self.name, schema=self.adds()[self.name], draws=self.n)


def take(
    pool: "Pool",
    said: "pl.DataFrame",
    part: "Shown",
    asked: int,
    name: str,
    schema: "pa.Schema",
    draws: int,
) -> "Output":
    """The column of a shard's rows; one without an answer has no value."""
    from tasks.llm.asking.columns import columns
    from tasks.pool.jobs import Output

    table = columns(said, schema, draws)
    assert isinstance(part.read, partial)
    chosen = part.read.keywords["part"]
    counts = {"in": chosen.whole, "out": len(table), "aside.set_aside": chosen.aside}
    counts["aside.not_chosen"] = chosen.whole - chosen.aside - asked
    counts["aside.no_answer"] = asked - len(table)
    counts["failed_answers"] = said["failure"].count()
    return Output({name: table}, counts)
