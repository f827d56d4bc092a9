"""attach: columns of one's own, from a file or from a program."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from schemas.answer_types import FIELD, AnswerTypes
from schemas.parts.choice import Choice
from schemas.parts.step import Step

if TYPE_CHECKING:
    import pyarrow as pa

    from tasks.pool.build import Build
    from tasks.query.attached import Column


class Attach(Step, kind="attach"):
    """Attach columns of one's own to problems or traces, from a file or a program."""

    writes = ()
    reasons = ("no_value", "not_chosen", "set_aside")

    name: str = Field(pattern=FIELD, description="its name: of the step, and of its column")
    to: Literal["problems", "traces"] = Field("problems", description="what it is attached to")
    columns: AnswerTypes = Field(min_length=1, description="the columns with their types")
    file: str | None = Field(
        None, description="file, folder or glob: Parquet, JSONL, CSV with the key and the columns"
    )
    command: str | None = Field(
        None,
        description="a program, trusted like the recipe: reads rows as JSON lines, writes the key "
        "and the columns of each as JSON lines",
    )
    given: list[str] = Field([], description="columns of the joined pool that the program reads")
    where: str | None = Field(None, description="SQL condition: the rows that the program reads")
    deadline: float = Field(3600, gt=0, description="seconds that it may take over a shard")
    stamp: str = Field("1", description="raise it when the program says something else")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.file is None) == (self.command is None):
            raise ValueError("it is attached from a `file` or from a `command`")
        if self.file and (self.given or self.where):
            raise ValueError("a `file` is not asked: `given` and `where` are for a `command`")
        if self.command and not self.given:
            raise ValueError("say in `given` which columns the program is given")
        return self

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """Its rows are there."""
        if self.to == "traces" and not any("traces" in step.tables() for step in earlier):
            raise ValueError(f"step `{self.called}` needs `generate` before it")

    def column(self) -> "Column":
        """What it attaches."""
        from tasks.query.attached import Column

        return Column(self.name, f"{self.to.removesuffix('s')}_id", self.columns)

    def adds(self) -> "Mapping[str, pa.Schema]":
        """A column of its name."""
        return {self.name: self.column().schema()}

    def choice(self, ready: Any) -> Choice | None:
        """The rows that a program is given."""
        from tasks.query.rows_about import choice_of

        return choice_of(self.to, self.where, self.given) if self.command else None

    def prepare(self, base: Path) -> Any:
        """The files with a digest of what they hold, or the program. Raises SourceError."""
        from tasks.query.attached import Program, content_of, program_at, read
        from tasks.sources.files import source_files

        if self.file is not None:
            files = source_files(self.file, base)
            return files, content_of(read(files, self.column()))
        program, *rest = shlex.split(self.command or "")
        found = program_at(program, base, f"step `{self.called}`")
        return Program([found, *rest], str(base), self.deadline)

    def run(self, build: "Build | Any") -> None:
        """One job for a file; for a program one per shard of chosen rows, one after another."""
        from tasks.pool.jobs import empty_jobs
        from tasks.query.attached import plan_file, plan_program
        from tasks.query.rows_about import choice_of, shown

        ready, column = build.ready[self.called], self.column()
        if self.file is not None:
            files, content = ready
            jobs = [*plan_file(build.done, self.called, self.to, files, content, column)]
        else:
            choice = choice_of(self.to, self.where, self.given)
            parts = shown(build, self.called, choice, self.given, build.first())
            recipe = build.done.recipe
            jobs = [
                *plan_program(self.called, recipe, parts, ready, self.given, column, self.stamp)
            ]
        jobs = jobs or empty_jobs(self.called, self.adds(), build.done.recipe)
        # One at a time: a program may need all of a device.
        receipts = [
            one for job in jobs for one in build.runner.jobs(build.pool, self.called, [job])
        ]
        build.take(self.called, receipts, list(self.adds()))
        build.line(self.called, "", self.to, receipts)
