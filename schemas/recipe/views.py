"""The parts of a recipe that are no steps: sources and views. Unknown keys are refused."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from schemas.counts import Count
from schemas.parts.view_format import FORMATS, Format, enumerate_formats, known
from schemas.recipe.match import Match, conditions
from schemas.recipe.mix import Mix
from schemas.rows import Rows, Strict


def _absent(value: Any) -> bool:
    return value is None


def _pair(value: Any) -> Any:  # `level: 3` is short for `level: [3, 3]`
    return (value, value) if isinstance(value, int) else value


class Source(Rows):
    """A source of problems."""

    name: str | None = Field(None, description="default: the file's name or the hub id")
    path: str | None = Field(
        None, description="file, folder or glob, relative to the recipe: Parquet, JSONL, CSV"
    )

    # Keys that are not set are not written: what was read from other sources keeps its keys.
    generate: str | None = Field(
        None, exclude_if=_absent, description="a generator of problems, such as `knights`"
    )
    n: int | None = Field(
        None, ge=1, exclude_if=_absent, description="problems that it makes; more come behind"
    )
    seed: int | None = Field(None, exclude_if=_absent, description="of the generator; default: 0")
    level: Annotated[tuple[int, int], BeforeValidator(_pair)] | None = Field(
        None,
        exclude_if=_absent,
        description="the lowest and the highest level of the generator, or one; default: all",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [self.path, self.hub, self.generate]
        if sum(place is not None for place in places) != 1:
            raise ValueError("a source needs either `path`, `hub` or `generate`")
        if self.generate and self.n is None:
            raise ValueError("`generate` needs `n`, the number of problems")
        if not self.generate and (self.n, self.seed, self.level) != (None, None, None):
            raise ValueError("`n`, `seed` and `level` are for `generate`")
        return self


def _unset(value: Any) -> bool:
    return not value


class PerProblem(Strict):
    """How many rows a problem gives, and which."""

    keep: int = Field(1, ge=1)
    by: str = Field(
        "random",
        description="column to order by, `random` (seeded), or `diverse`: each trace unlike the "
        "ones before it",
    )
    order: Literal["asc", "desc"] = "asc"
    weight: str | None = Field(
        None,
        exclude_if=_unset,
        description="instead of `by`: SQL of how likely a row is drawn beside the problem's others",
    )

    @model_validator(mode="after")
    def _one_order(self) -> Self:
        if self.weight and (self.by, self.order) != ("random", "asc"):
            raise ValueError("`weight` draws by seed; drop `by` and `order`")
        return self


def _per_problem(value: Any) -> Any:  # `per_problem: 1` is short for `{keep: 1}`
    return {"keep": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Sample(Strict):
    """How many rows a view draws, and how."""

    n: int | None = Field(None, ge=1)
    tokens: Count | None = Field(
        None, exclude_if=_unset, description="rows are drawn until they have so many tokens"
    )
    by: str = Field(
        "random",
        description="`random` (seeded); a column to balance over; or `diverse`: problems each "
        "unlike the ones before it",
    )
    weight: str | None = Field(
        None,
        exclude_if=_unset,
        description="SQL of how likely a row is drawn beside the others: "
        "`exp(-pow((pass_rate - 0.5) / 0.2, 2) / 2)`; what weighs nothing is never drawn",
    )

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if self.n is None and self.tokens is None:
            raise ValueError("a `sample` needs `n` rows, `tokens`, or both")
        return self


def _sample(value: Any) -> Any:  # `sample: 500` is short for `{n: 500}`
    return value if isinstance(value, dict | Sample | None) else {"n": value}


def _named(value: Any) -> Any:  # `columns: [level]` is short for `{level: level}`
    return {name: name for name in value} if isinstance(value, list) else value


ROLE = "^[a-z][a-z0-9_]*$"
SAID_OTHERWISE = {"problem", "trace"}


def _spoken(value: Any) -> Any:  # `{user: "..."}` is short for `{role: user, content: "..."}`
    if isinstance(value, dict) and len(value) == 1 and "role" not in value:
        role, content = next(iter(value.items()))
        return {"role": role, "content": content}
    return value


class Said(Strict):
    """One message of a row."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = Field(description="Jinja text; where it comes out empty there is no message")


Message = Annotated[Said, BeforeValidator(_spoken, json_schema_input_type=Said | dict[str, str])]

FormatName = Annotated[str, AfterValidator(known), Field(json_schema_extra=enumerate_formats)]


class View(Strict):
    """A selection over the pool in the form that a trainer reads."""

    format: FormatName | None = Field(
        None, description="default: the view's name if it is a format, else sft"
    )
    where: str | None = Field(None, description="SQL condition over the joined pool")
    chosen: str | None = Field(None, description="pairs: SQL condition of the winner")
    rejected: str | None = Field(None, description="pairs: SQL condition of the loser")
    roles: dict[Annotated[str, Field(pattern=ROLE)], str] = Field(
        {},
        exclude_if=_unset,
        description="SQL condition of each trace of a row, by the name that the row has for it; "
        "they are of one problem and never the same; the first leads: its ids are the row's",
    )
    match: Match | None = Field(
        None,
        exclude_if=_unset,
        description="which traces belong together: SQL by their roles, "
        "`fixed.tokens < 2 * wrong.tokens`, or columns, `{tokens: within 20 %}`: of any two traces "
        "they differ by at most so much of the larger number",
    )
    messages: list[Message] = Field(
        [],
        exclude_if=_unset,
        description="the conversation of a row, `[{user: ...}, {assistant: ...}]`: Jinja texts "
        "with the columns of the row, and per role `wrong.response`, `.reasoning`, `.text`",
    )
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
    caps: dict[str, Annotated[int, Field(ge=1)]] = Field(
        {},
        exclude_if=_unset,
        description="at most so many rows of each value of a column: `{source: 900, teacher: 500}`",
    )
    order: str | None = Field(
        None,
        exclude_if=_unset,
        description="SQL that orders the rows, smallest first: `-pass_rate`; empty last, equal by "
        "seed; default: the order of the pool",
    )
    mix: Mix | None = Field(
        None, exclude_if=_unset, description="instead of conditions: rows of other views"
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
        if len(self.roles) == 1 or self.roles.keys() & SAID_OTHERWISE:
            raise ValueError("`roles` are two or more, none of them `problem` or `trace`")
        if (self.roles or self.match) and (self.per_problem and self.per_problem.weight):
            raise ValueError("roles are matched by `by`, not by `weight`")
        if self.match and not (self.roles or self.chosen):
            raise ValueError("`match` needs `roles`, or `chosen` and `rejected`")
        return self

    @model_validator(mode="before")
    @classmethod
    def _pairs(cls, given: Any) -> Any:
        """Roles that are `chosen` and `rejected` are pairs: one thing under one name."""
        roles = given.get("roles") if isinstance(given, dict) else None
        if isinstance(roles, dict) and list(roles) == ["chosen", "rejected"]:
            return {**{key: given[key] for key in given if key != "roles"}, **roles}
        return given

    def matched(self) -> bool:
        """Whether rows are combinations of traces that were compared with each other."""
        by = self.per_problem.by if self.per_problem else "random"
        return bool(self.roles or self.match or (self.chosen and by != "random"))

    def sides(self) -> dict[str, str]:
        """The conditions of the roles; none where a row is about one trace or problem."""
        if self.chosen and self.rejected:
            return {"chosen": self.chosen, "rejected": self.rejected}
        return self.roles

    def matches(self) -> dict[str, str]:
        """The SQL of `match` by its keys; all of it has to hold."""
        return conditions(self.match, list(self.sides()))

    def partners(self) -> list[str]:
        """The roles of a row beside the one that leads."""
        return list(self.sides())[1:]


def format_of(name: str, view: View) -> Format:
    """The format of a view: stated, told by `messages` or `chosen`, by its name, else sft."""
    if view.format:
        return FORMATS[view.format]
    if view.messages:
        return FORMATS["messages"]
    if view.chosen:
        return FORMATS["pairs"]
    return FORMATS[name if name in FORMATS else "sft"]
