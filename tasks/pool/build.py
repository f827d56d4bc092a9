"""A build as its steps see it: what is done, and the runner that does what is not.

The runner is a protocol. Steps hand it jobs (plain data, one per shard), streams (a source or a
recording that cuts its own shards as it flows) and questions (requests to models, side by side).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from schemas.parts.step import Step
from schemas.recipe.run import Run
from tasks.pool.funnel import funnel_line, funnel_row
from tasks.pool.growth import Intake
from tasks.pool.jobs import Done, Job
from tasks.pool.store import Pool, Receipt

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""As `map`."""
Tick = Callable[[int], None]
"""Told how many more rows are done."""
Show = Callable[[Any, float], None]
"""Told once a second of the meter (tasks/llm/engine.py) and the share that is done, 0 to 1."""


class Runner(Protocol):
    """Who does the work of a build, and shows how far it is."""

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        """The receipts of all jobs, in order; only those without a receipt are run."""

    def stream(self, step: str, name: str, work: Callable[[Tick], T]) -> T:
        """Do a whole stream."""

    def each(self, function: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """What a pure function makes of each item of a stream, in order."""
        return map(function, items)

    def questions(self, what: str, works: Mapping[str, Callable[[Show], T]]) -> dict[str, T]:
        """Do works that wait for models, by name, side by side. `what` is counted as they go.

        Raises the first error when all have ended.
        """

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        """Show a table of the report where the runner has a place for it."""

    def page(self, key: str, markdown: str) -> None:
        """Show a text where the runner has a place for it."""

    def holding(self, pool: Pool, recipe: str) -> AbstractContextManager[None]:
        """Around all of a build of a recipe (its path), which holds the pool."""
        return nullcontext()

    def working(self, run: Run) -> AbstractContextManager[None]:
        """Around all of a build: where its jobs are done."""
        return nullcontext()


class Choices(NamedTuple):
    """What a person may ask of a build besides its recipe.

    retry_failed: ask again for samples whose request had failed for good
    pilot: ask live models about so many problems alone, and tell in plan.json what the whole build
      would yield and cost; None: all
    rebuy: ask again for what was paid for and is lost by damage
    allow_rejudge: ask a judge about what the rules had decided and no longer do
    runner, workers, address: where the jobs are done, before what the recipe's `run` says
    """

    retry_failed: bool = False
    pilot: int | None = None
    rebuy: bool = False
    allow_rejudge: bool = False
    runner: str | None = None
    workers: int | None = None
    address: str | None = None


PLAIN = Choices()
"""Nothing but the recipe."""


@dataclass
class Build:
    """The state of one build.

    base: the recipe's folder
    models: the models that steps may name (schemas.recipe.teachers.Asked), by their names
    ready: what `prepare` of each step loaded, by the step's name
    only: the problems that teachers were asked for, once they were; None: all
    stages: the receipts by the stage that wrote them, as the manifest lists them
    most: so many problems are enough for the recipe's target; None: all
    """

    done: Done
    runner: Runner
    base: Path
    sources: list[str]
    teachers: Sequence[Any]
    steps: Sequence[Step]
    choices: Choices = PLAIN
    models: Mapping[str, Any] = field(default_factory=dict)
    only: frozenset[str] | None = None
    ready: dict[str, Any] = field(default_factory=dict)
    stages: dict[str, list[Receipt]] = field(default_factory=dict)
    funnel: list[dict[str, Any]] = field(default_factory=list)
    most: int | None = None

    @property
    def pool(self) -> Pool:
        """The pool that is built."""
        return self.done.pool

    def first(self) -> frozenset[str] | None:
        """The problems that models are asked about, of those that are left by now: of a pilot or
        for a target so many of them, a random sample that grows; None: all.
        """
        pilot = self.choices.pilot if self.choices.pilot is not None else self.most
        return None if pilot is None else frozenset(self.done.eligible()[:pilot])

    def jobs(
        self, stage: str, jobs: Iterable[Job], tables: Sequence[str], decides: str = ""
    ) -> list[Receipt]:
        """Do jobs; their receipts stand under these tables from now on, in the place of those that
        the stage had there before.
        """
        again = stage if stage in self.stages else ""
        receipts = self.runner.jobs(self.pool, stage, jobs)
        return self.take(stage, receipts, tables, decides, again)

    def take(
        self,
        stage: str,
        receipts: list[Receipt],
        tables: Sequence[str],
        decides: str = "",
        again: str = "",
    ) -> list[Receipt]:
        """Take in receipts of finished work. `again`: as in `Done.add`."""
        known = self.stages.setdefault(stage, [])
        keys = {receipt.key for receipt in known}
        known.extend(receipt for receipt in receipts if receipt.key not in keys)
        self.done.add(tables, receipts, decides, again)
        return receipts

    def step(self, step: Step, jobs: Iterable[Job], rows: str) -> list[Receipt]:
        """Do the jobs of a step that walks a table, and add its line to the funnel: of a step that
        stands again, what is new.
        """
        decides = step.called if step.decides else ""
        before = {receipt.key for receipt in self.stages.get(step.called, [])}
        receipts = self.jobs(step.called, jobs, step.writes, decides)
        turn = 1 + sum(line["stage"] == step.called for line in self.funnel)
        new = [receipt for receipt in receipts if receipt.key not in before]
        self.line(step.called, f"#{turn}" if turn > 1 else "", rows, new)
        return receipts

    def line(self, step: str, label: str, rows: str, *passes: list[Receipt]) -> None:
        """Add a line to the funnel. Raises PoolError if it does not add up.

        passes: where a step walks the rows more than once, the receipts of each walk in order
        """
        self.funnel.append(funnel_row(step, label, rows, *passes))

    def intake(self, stage: str, label: str, table: str, taken: Intake) -> None:
        """Take in a stream: its shards, what never came in, and its line of the funnel."""
        self.take(stage, taken.shards, [table])
        self.done.add(["rejects"], taken.aside)
        self.funnel.append(funnel_line(stage, label, table, taken.counts))
