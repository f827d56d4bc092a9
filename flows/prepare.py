"""What can be wrong is found before anything is bought: a second, not hours."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.recipe import Recipe
from schemas.parts.step import Step
from schemas.recipe.teachers import Live, Recorded
from schemas.recipe.views import Source
from tasks.pool.build import Build

if TYPE_CHECKING:
    import pyarrow as pa


def prepare(plan: Recipe, build: Build) -> None:
    """Check all of a recipe that can be checked without work. Raises LongcotError.

    Steps load what they need (prompts, benchmarks, overrides), teachers their prompts; sources and
    recordings that lie on this machine are opened, their columns and `where` tried on the first
    rows; the SQL of every view is bound to the schema.
    """
    from tasks.generation.live.plan import plan_of
    from tasks.sources.generated import maker
    from tasks.views.check import check_steps, check_views

    prepare_steps(plan, build)
    check_steps(plan.steps, build.ready)
    check_views(plan.views, declared(plan.steps))
    for teacher in plan.teachers:
        if isinstance(teacher, Live):
            plan_of(teacher, build.base)
    for source in plan.sources:
        if source.path:
            check_source(source, build.base)
        if source.generate:
            maker(source)
    for teacher in plan.teachers:
        if isinstance(teacher, Recorded) and teacher.recorded:
            check_recording(teacher, build.base)


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
    """Load what the steps need."""
    for step in plan.steps:
        build.ready[step.called] = step.prepare(build.base)


def check_source(source: Source, base: Path) -> None:
    """Open a source and look at its first rows. Raises SourceError, RecipeError."""
    from tasks.sources.first_rows import check_first_rows
    from tasks.sources.ingest import source_name

    check_first_rows(source, source.path, source_name(source), ["problem"], base)


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
