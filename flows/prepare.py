"""What can be wrong is found before anything is bought: a second, not hours."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.recipe import Recipe
from schemas.errors import LongcotError, Mistake, MistakesError, mistakes_of
from schemas.parts.step import Step
from schemas.recipe.teachers import Live, Recorded
from schemas.recipe.views import Source
from tasks.pool.build import Build

if TYPE_CHECKING:
    import pyarrow as pa


def prepare(plan: Recipe, build: Build) -> None:
    """Check all of a recipe that can be checked without work. Raises MistakesError with all that
    is wrong, each at its place.

    Steps load what they need (prompts, benchmarks, overrides), teachers their prompts; sources and
    recordings that lie on this machine are opened, their columns and `where` tried on the first
    rows, and so are problems that are made; the SQL of every step and view is bound to the schema.
    """
    from tasks.generation.live.plan import plan_of
    from tasks.views.check import check_views, wrong_step

    prepare_steps(plan, build)
    wrong: list[Mistake] = []
    for at, step in enumerate(plan.steps):
        before = declared(plan.steps[:at])
        found = wrong_step(step, build.ready.get(step.called), before)
        wrong += [Mistake(("steps", at, step.kind, *one.place), one.told) for one in found]
    if not wrong:  # a view that names what a broken step adds is not wrong itself
        with _kept(wrong):
            check_views(plan.views, declared(plan.steps))
    for at, teacher in enumerate(plan.teachers):
        with _kept(wrong, "teachers", at):
            if isinstance(teacher, Live):
                plan_of(teacher, build.base)
            elif isinstance(teacher, Recorded) and teacher.recorded:
                check_recording(teacher, build.base)
    for at, source in enumerate(plan.sources):
        with _kept(wrong, "sources", at):
            check_source(source, build.base)
    if wrong:
        raise MistakesError(wrong)


@contextmanager
def _kept(wrong: list[Mistake], *place: str | int) -> Iterator[None]:
    """What is raised in here is kept, to be told together with the rest."""
    try:
        yield
    except LongcotError as error:
        wrong += mistakes_of(error, *place)


def declared(steps: Sequence[Step]) -> "dict[str, pa.Schema]":
    """The tables that are as the steps say: their own, and what the last one measures."""
    import pyarrow as pa

    from schemas.parts.signal import chosen
    from schemas.tables import TABLES
    from tasks.steps.measure import Measure

    found = {name: schema for step in steps for name, schema in step.adds().items()}
    for step in steps:
        if isinstance(step, Measure):
            names = ["trace_id", *(one.name for one in chosen(step.signals))]
            found["signals"] = pa.schema([TABLES["signals"].field(name) for name in names])
    return found


def prepare_steps(plan: Recipe, build: Build) -> None:
    """Load what the steps need. Raises MistakesError."""
    wrong: list[Mistake] = []
    for at, step in enumerate(plan.steps):
        with _kept(wrong, "steps", at, step.kind):
            build.ready[step.called] = step.prepare(build.base)
    if wrong:
        raise MistakesError(wrong)


def check_source(source: Source, base: Path) -> None:
    """Open a source and look at its first rows; one on the hub is only looked at when it is read.
    Raises SourceError, RecipeError.
    """
    from tasks.sources.first_rows import check_first_rows
    from tasks.sources.generated import generated
    from tasks.sources.ingest import source_name

    if not source.hub:
        made = generated(source) if source.generate else None
        check_first_rows(source, source.path, source_name(source), ["problem"], base, made)


def check_recording(teacher: Recorded, base: Path) -> None:
    """Open a recording and look at its first rows. Raises SourceError, RecipeError."""
    from tasks.generation.recorded import needed_columns
    from tasks.generation.rollouts import endings
    from tasks.sources.columns import place_of
    from tasks.sources.files import source_files
    from tasks.sources.first_rows import check_first_rows

    if teacher.format:  # which tells its rows
        place_of(teacher, teacher.recorded, base, endings(teacher))
        if teacher.requests:
            source_files(teacher.requests, base)
        return
    needed = needed_columns(teacher)
    check_first_rows(teacher, teacher.recorded, teacher.name, needed, base)
