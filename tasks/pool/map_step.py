"""The commonest kind of step: a pure function over the rows of each shard of one table."""

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from schemas.parts.step import Step

if TYPE_CHECKING:  # a recipe is read without polars
    from collections.abc import Iterator

    import polars as pl

    from tasks.pool.build import Build
    from tasks.pool.jobs import Done, Job, Output


class MapStep(Step):
    """A step that walks the shards of one table. Declare what it reads, and write `rows`."""

    over: ClassVar[str] = "problems"
    """The table that it walks, `problems` or `traces`; a step that makes it must stand before."""
    columns: ClassVar[tuple[str, ...]] = ()
    """Columns of that table that `rows` is given."""
    looks_up: ClassVar[tuple[str, ...]] = ()
    """Columns of the traces' problems that it is given besides, and `set_aside`: step.reason, or
    null."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        # Every recipe has problems; another table must be there already, or the step walks nothing.
        if cls.over != "problems" and cls.over not in cls.reads:
            cls.reads = (*cls.reads, cls.over)

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """What becomes of the rows of a shard. Pure: the same rows, the same tables."""
        raise NotImplementedError

    def known(self, done: "Done") -> dict[str, Any]:
        """What `rows` has to know of the build besides, as plain data; part of the key."""
        return {}

    def stamp(self) -> str:
        """What decides the result beside the options: `version`, and those of what it calls."""
        return self.version

    def plan(self, done: "Done") -> "Iterator[Job]":
        """One job per shard."""
        from schemas.identity import digest
        from tasks.pool.jobs import Mapping, map_jobs

        known = self.known(done)
        stamp = "/".join([self.stamp(), *([digest(*known.values())] if known else [])])
        rows = partial(self.rows, **known) if known else self.rows
        mapping = Mapping(self.over, self.columns, self.looks_up, rows)
        return map_jobs(done, self.called, stamp, self.options(), mapping)

    def run(self, build: "Build | Any") -> None:
        """One job per shard, and a line of the funnel."""
        jobs = list(self.plan(build.done))
        if self.looks_up:
            from tasks.pool.lookups import joined

            jobs = joined(build, self.called, jobs)
        build.step(self, jobs, self.over)
