"""The recipe: what to build. What it may say of steps is derived from the steps that there are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, GetPydanticSchema, create_model, model_validator
from pydantic_core import core_schema

from schemas.errors import Mistake, MistakesError
from schemas.identity import digest
from schemas.parts import load_parts
from schemas.parts.step import NAME, STEPS, Step, makers
from schemas.recipe.buying import Budget, Target
from schemas.recipe.gates import Gates
from schemas.recipe.run import Run
from schemas.recipe.teachers import Asked, Teacher
from schemas.recipe.views import Source, View, format_of
from schemas.rows import Strict

load_parts("tasks.steps", "longcot.steps")


class OneStep(Strict):
    """One step with its options: exactly one of the keys."""

    @model_validator(mode="after")
    def _one_step(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("one step per list item")
        return self


FIELDS: Any = {kind: (step | None, Field(None)) for kind, step in STEPS.items()}
Entry: Any = create_model(  # a model with a field for each kind of step
    "Step",
    __base__=OneStep,
    **FIELDS,
)
Entry.__doc__ = OneStep.__doc__


def _step_of(entry: Any) -> Step:
    step: Step = getattr(entry, next(iter(entry.model_fields_set)))
    return step


def _spell_out(entry: Any) -> Any:  # `- screen` is short for `- screen: {}`
    if isinstance(entry, str):
        return {entry: {}}
    if isinstance(entry, dict):
        return {key: {} if value is None else value for key, value in entry.items()}
    return entry


OfEntry = GetPydanticSchema(
    lambda _, handler: core_schema.no_info_after_validator_function(_step_of, handler(Entry))
)
Short: Any = Literal[tuple(STEPS)] | Entry

FIRST = (
    "screen", "dedupe", "dedupe_semantic", "decontaminate", "generate", "verify", "judge", "rate",
    "dedupe_traces", "measure", "grade",
)  # fmt: skip
"""The steps of the first recipes: a fingerprint names each, null where another stands, so that what
was built from a recipe before there were others is still known by the same fingerprint."""


class Recipe(Strict):
    """A whole build."""

    name: str = Field(pattern=NAME, description="also the pool's default name")
    description: str = ""
    sources: list[Source] = Field(min_length=1)
    models: list[Asked] = Field([], description="models that steps ask by their names")
    teachers: list[Teacher] = Field([])
    steps: list[Annotated[Step, OfEntry, BeforeValidator(_spell_out, json_schema_input_type=Short)]]
    views: dict[Annotated[str, Field(pattern=NAME)], View] = Field({})
    target: Target | None = Field(
        None, exclude_if=lambda target: target is None, description="rows of a view that are enough"
    )
    budget: Budget | None = Field(
        None,
        exclude_if=lambda budget: budget is None,
        description="what live teachers and models may cost, over all builds of a pool",
    )
    gates: Gates = Field(Gates(), description="what a version keeps to before it is published")
    run: Run = Field(Run(), description="where the jobs are done; no part of what comes out")

    @model_validator(mode="after")
    def _steps_in_order(self) -> Self:
        for at, step in enumerate(self.steps):
            with _placed("steps", at, step.kind):
                _check_place(step, self.steps[:at])
        for at, step in enumerate(self.steps):
            for earlier in self.steps[:at]:
                if earlier.kind in step.not_after and not _again(step, self.steps[:at]):
                    why = step.not_after[earlier.kind]
                    told = f"`{step.kind}` stands before `{earlier.kind}`: {why}"
                    raise MistakesError([Mistake(("steps", at, step.kind), told)])
        for at, step in enumerate(self.steps):
            with _placed("steps", at, step.kind):
                step.fits(self.steps[:at], [*self.models, *self.teachers])
        return self

    @model_validator(mode="after")
    def _buying_ends(self) -> Self:
        if self.target and self.target.view not in self.views:
            told = (
                f"no view is called `{self.target.view}` (there are: "
                f"{', '.join(self.views) or 'none'})"
            )
            raise MistakesError([Mistake(("target", "view"), told)])
        unpriced = [one.name for one in self.named() if one.prices is None]
        if self.budget and self.budget.money is not None and unpriced:
            told = f"`{unpriced[0]}` has no `prices`, so money says nothing"
            raise MistakesError([Mistake(("budget", "money"), told)])
        return self

    @model_validator(mode="after")
    def _models_by_name(self) -> Self:
        names = [model.name for model in self.named()]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"model `{name}` stands twice; give one of them another name")
        return self

    @model_validator(mode="after")
    def _views_whole(self) -> Self:
        written = {table for step in self.steps for table in step.tables()}
        for name, view in self.views.items():
            with _placed("views", name):
                _check_view(name, view, self.views, written)
        return self

    def named(self) -> list[Asked]:
        """The models that a step may ask by name: those of `models`, and the live teachers."""
        return [*self.models, *(one for one in self.teachers if isinstance(one, Asked))]

    def fingerprint(self) -> str:
        """Hash of everything that can change the result; gates only look at it, and
        `run` says where it is made."""
        unsaid = {"description", "steps", "gates", "run", *(() if self.models else ("models",))}
        whole = self.model_dump(mode="json", exclude=unsaid)
        steps = [{**dict.fromkeys(FIRST), step.kind: _said(step)} for step in self.steps]
        return digest("recipe", {**whole, "steps": steps})


@contextmanager
def _placed(*place: str | int) -> Iterator[None]:
    """What is refused in here is refused with its place in the recipe."""
    try:
        yield
    except ValueError as error:
        raise MistakesError([Mistake(place, str(error))]) from None


def _check_view(name: str, view: View, views: Mapping[str, View], written: set[str]) -> None:
    """Raises ValueError unless the view is whole beside the others and what steps write."""
    complaint, keep = format_of(name, view).complaint(view), view.per_problem
    if view.mix:
        complaint = _mix_complaint(view, views)
    if complaint:
        raise ValueError(complaint)
    if keep and keep.by == "diverse" and "trace_signatures" not in written:
        raise ValueError(f"`by: diverse` needs the step {makers('trace_signatures')}")
    if view.sample and view.sample.by == "diverse" and "signatures" not in written:
        raise ValueError(f"a diverse `sample` needs the step {makers('signatures')}")


def _mix_complaint(view: View, views: Mapping[str, View]) -> str | None:
    """What is wrong with a view of other views; None if it is well."""
    told = {*view.model_fields_set} - {"mix", "seed", "splits", "shard_tokens"}
    for other in view.mix.of if view.mix else ():
        if other not in views or views[other].mix:
            plain = ", ".join(name for name, one in views.items() if not one.mix)
            return f"`mix` has no view `{other}` to take rows of; there are {plain or 'none'}"
    if told:
        return f"a mix takes the rows of views as they are; drop `{min(told)}`, or say it of a view"
    return None


def _said(step: Step) -> dict[str, Any]:
    """The options; the name too where it is said, or where its kind has one by default."""
    return step.model_dump(mode="json", exclude={"name"} if step.name is None else set())


def _again(step: Step, earlier: list[Step]) -> bool:
    """Whether the step stands there already as it is, and does now what is new."""
    return step.again and step in earlier


def _check_place(step: Step, earlier: list[Step]) -> None:
    """Raises ValueError unless the step may stand after these."""
    for other in earlier:
        if _again(step, [other]):
            continue
        if other.kind == step.kind and step.once:
            alike = ", or again with the same options" if step.again else ""
            raise ValueError(f"step `{step.kind}` stands twice; a recipe has it once{alike}")
        if other.called == step.called:
            raise ValueError(f"step `{step.called}` stands twice; give one of them a `name`")
    if step.called in RESERVED or (step.called in STEPS and step.called != step.kind):
        raise ValueError(f"step `{step.kind}`: the name `{step.called}` is taken")
    written = {"problems", *(table for other in earlier for table in other.tables())}
    for table in step.reads:
        if table not in written:
            raise ValueError(f"step `{step.called}` needs {makers(table)} before it")


RESERVED = frozenset("ingest sign sign_traces second adjudicate embed ask select release".split())
"""Names under which other work than steps leaves its receipts."""
