"""restated: a model says which of a few near problems another one restates, or varies.

One question about each problem shows it with all that are near to it, numbered: three pairs for the
price of one request.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from schemas.recipe.teachers import Asked
from tasks.llm.asking.ask import Part, ask
from tasks.llm.asking.question import FENCE, Question
from tasks.llm.prompts import load
from tasks.pool.store import Receipt

if TYPE_CHECKING:
    from tasks.pool.build import Build

PROMPT = "ask/restated"
NAMES = ("problem", "others")
"""What the prompt may use: a text, and a list of texts."""

Relation = Literal["same", "variant", "neither"]

RELATIONS = {"row_id": pl.String, "number": pl.Int64, "relation": pl.String}
"""What the model says of the pair of a row and the other of that number, from 1."""


class Restated(BaseModel):
    """What the model says: numbers of the others."""

    model_config = ConfigDict(extra="forbid")

    same: list[int] = Field(description="the problem is the same question about the same data")
    variant: list[int] = Field(description="the problem is one of these with something changed")


def shown(pairs: pl.DataFrame) -> pl.DataFrame:
    """The rows to ask about (row_id, problem, others), of pairs (and other, number)."""
    ordered = pairs.sort("row_id", "number")
    return ordered.group_by("row_id", maintain_order=True).agg(
        problem=pl.col("problem").first(), others="other"
    )


def relations(answers: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """`RELATIONS` of the pairs asked about (row_id, number), by the answers (row_id, answer).

    A pair is both `same` and `variant` only by mistake: `same` counts. Where there is no answer
    there is no relation.
    """
    told = dict(answers.select("row_id", "answer").drop_nulls().iter_rows())
    rows = list(_read(told, asked.select("row_id", "number").iter_rows()))
    return pl.DataFrame(rows, schema=RELATIONS, orient="row")


def _read(
    told: dict[str, str], pairs: Iterable[tuple[str, int]]
) -> Iterator[tuple[str, int, Relation]]:
    read = {row: Restated.model_validate_json(answer) for row, answer in told.items()}
    for row, number in pairs:
        if said := read.get(row):
            same, variant = number in said.same, number in said.variant
            yield row, number, "same" if same else "variant" if variant else "neither"


def question(what: str, asked: Asked) -> Question:
    """The question that is put to a model; `what` names it in the pool."""
    template = load(PROMPT, Path(), frozenset([*NAMES, FENCE]))
    return Question(what, asked, template, Restated)


def ask_all(build: "Build", step: str, put: Question, parts: list[Part]) -> list[Receipt]:
    """The receipts of the answers about every part, in order; asked where they are not held yet."""
    name = f"{put.what}: {put.asked.model}"
    how = (build.done.recipe, build.choices.retry_failed)
    works = {name: lambda show: ask(build.pool, put, parts, *how, show, build.choices.rebuy)}
    found = build.runner.questions("answers", works)[name]
    return build.take(f"answers to {step}", found, ["answers"])
