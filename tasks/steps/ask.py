"""ask: a question of one's own about problems or traces; the answers are columns of the pool."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, field_validator

from schemas.answer_types import AnswerTypes, form
from tasks.query.operator import Operator

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from tasks.llm.asking.ask_step import Shown
    from tasks.llm.asking.question import Question
    from tasks.pool.jobs import Output
    from tasks.pool.store import Pool


class Ask(Operator, kind="ask"):
    """Ask a model a question of one's own about problems or traces; its answers are columns."""

    writes = ("answers",)
    reasons = ("set_aside", "not_chosen", "no_answer")

    about: Literal["problems", "traces"] = Field("problems", description="what it is asked about")
    answer: AnswerTypes = Field(
        min_length=1, description="the fields of an answer with their types"
    )

    @field_validator("answer")
    @classmethod
    def _no_count(cls, types: dict[str, Any]) -> dict[str, Any]:
        if "n" in types:
            raise ValueError("a field cannot be called `n`, the number of answers")
        return types

    @property
    def over(self) -> Literal["problems", "traces"]:
        """What it is asked about."""
        return self.about

    def form(self) -> type[BaseModel]:
        """The fields, and no other."""
        return form(self.answer)

    def adds(self) -> "Mapping[str, pa.Schema]":
        """A column of its name."""
        from tasks.llm.asking.columns import schema_of

        key = f"{self.about.removesuffix('s')}_id"
        return {self.name: schema_of(key, self.name, self.answer, self.n)}

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
    from tasks.query.rows_about import chosen_of

    table = columns(said, schema, draws)
    chosen = chosen_of(part)
    counts = {"in": chosen.whole, "out": len(table), "aside.set_aside": chosen.aside}
    counts["aside.not_chosen"] = chosen.whole - chosen.aside - asked
    counts["aside.no_answer"] = asked - len(table)
    counts["failed_answers"] = said["failure"].count()
    return Output({name: table}, counts)
