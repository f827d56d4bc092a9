"""The parts of a recipe that are no steps: sources and views. Unknown keys are refused."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from schemas.parts.view_format import FORMATS, Format, enumerate_formats, known
from schemas.rows import Rows, Strict


class Source(Rows):
    """A source of problems."""

    name: str | None = Field(None, description="default: the file's name or the hub id")
    path: str | None = Field(
        None, description="file, folder or glob, relative to the recipe: Parquet, JSONL, CSV"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.hub is None):
            raise ValueError("a source needs either `path` or `hub`")
        return self


class PerProblem(Strict):
    """How many rows a problem gives, and which."""

    keep: int = Field(1, ge=1)
    by: str = Field(
        "random",
        description="column to order by, `random` (seeded), or `diverse`: each trace unlike the "
        "ones before it",
    )
    order: Literal["asc", "desc"] = "asc"


def _per_problem(value: Any) -> Any:  # `per_problem: 1` is short for `{keep: 1}`
    return {"keep": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Sample(Strict):
    """How many rows a view draws, and how."""

    n: int = Field(ge=1)
    by: str = Field(
        "random",
        description="`random` (seeded); a column to balance over; or `diverse`: problems each "
        "unlike the ones before it",
    )


def _sample(value: Any) -> Any:  # `sample: 500` is short for `{n: 500}`
    return value if isinstance(value, dict | Sample | None) else {"n": value}


def _named(value: Any) -> Any:  # `columns: [level]` is short for `{level: level}`
    return {name: name for name in value} if isinstance(value, list) else value


def _unset(value: Any) -> bool:
    return not value


FormatName = Annotated[str, AfterValidator(known), Field(json_schema_extra=enumerate_formats)]


class View(Strict):
    """A selection over the pool in the form that a trainer reads."""

    format: FormatName | None = Field(
        None, description="default: the view's name if it is a format, else sft"
    )
    where: str | None = Field(None, description="SQL condition over the joined pool")
    chosen: str | None = Field(None, description="pairs: SQL condition of the winner")
    rejected: str | None = Field(None, description="pairs: SQL condition of the loser")
    per_problem: Annotated[
        PerProblem | None, BeforeValidator(_per_problem, json_schema_input_type=int | PerProblem)
    ] = None
    sample: Annotated[
        Sample | None, BeforeValidator(_sample, json_schema_input_type=int | Sample)
    ] = Field(None, description="at most so many rows, drawn by seed")
    seed: int = 42
    reasoning: Literal["tags", "field"] = Field(
        "tags", description="reasoning in <think> tags, or in its own field `reasoning_content`"
    )
    # Later keys are not written where they are not set: the fingerprint of a recipe without them,
    # and with it the bytes that it releases, stay.
    columns: Annotated[
        dict[str, str], BeforeValidator(_named, json_schema_input_type=list[str] | dict[str, str])
    ] = Field(
        {},
        exclude_if=_unset,
        description="columns that rows carry besides: names, or names and SQL over the joined pool",
    )
    system: str | None = Field(
        None,
        exclude_if=_unset,
        description="Jinja text of a system message, with the columns of the row; none where empty",
    )
    splits: dict[str, float] = Field(
        {"train": 1.0}, description="share of the problems per split; a problem is never split"
    )
    shard_tokens: int = Field(
        16_000_000, ge=1, description="token budget of one output file (about 64 MB of text)"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.chosen is None) != (self.rejected is None):
            raise ValueError("pairs need both `chosen` and `rejected`")
        if abs(sum(self.splits.values()) - 1) > 1e-9 or min(self.splits.values()) <= 0:
            raise ValueError("`splits` must be positive and add up to 1")
        return self


def format_of(name: str, view: View) -> Format:
    """The format of a view: stated, told by `chosen`, told by its name, else sft."""
    if view.format:
        return FORMATS[view.format]
    if view.chosen:
        return FORMATS["pairs"]
    return FORMATS[name if name in FORMATS else "sft"]
