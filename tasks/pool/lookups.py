"""lookups: what the traces of a shuffled recording need of their problems, joined once.

Where each shard of traces has problems of nearly all problem shards, looking these up shard by
shard would read every problem as often as there are shards. One job reads each of both once: rows
wait in files by ranges of problem ids, are joined range by range, and are written in the order of
the traces, a row group or more for each shard.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pyarrow as pa

from schemas.identity import digest
from tasks.pool.jobs import Done, Job, Mapping, as_json, frame_of
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool, Receipt

if TYPE_CHECKING:
    from tasks.pool.build import Build

MANY = 16
"""Problem shards that a shard of traces may have on average before they are joined instead."""

RANGE_ROWS = 250_000
"""Rows of both tables that are joined at once."""

GROUP = 32
"""Shards of traces whose rows wait together for their order."""


class Looked(NamedTuple):
    """Where what a shard needs stands: in the rows of `joined` with this number."""

    joined: Receipt
    number: int

    def of(self, pool: Pool) -> pl.DataFrame:
        """What was looked up, and `set_aside`, for each row of the shard in its order."""
        shard = self.joined.whole("lookups")
        rows = frame_of(pool.read(shard, holds=("shard", self.number)))
        return rows.filter(pl.col("shard") == self.number).drop("shard", "row")


def joined(build: "Build", stage: str, jobs: list[Job]) -> list[Job]:
    """The jobs of `map_shard`; where they are scattered, those that are not done are given what
    they look up.
    """
    if not scattered(jobs, len(build.done.problems)):
        return jobs
    left = [job for job in jobs if not build.pool.receipt(job.stage, job.key)]
    if not scattered(left, len(build.done.problems)):
        return jobs
    joining = plan(build.done, stage, left)
    (made,) = build.jobs(joining.stage, [joining], [])
    numbers = {job.key: number for number, job in enumerate(left)}
    return [
        job._replace(given=(*job.given[:2], Looked(made, numbers[job.key])))
        if job.key in numbers
        else job
        for job in jobs
    ]


def scattered(jobs: list[Job], problems: int) -> bool:
    """Whether a join is worth it for these jobs of `map_shard`, with so many problem shards."""
    return sum(len(job.given[1].parents) for job in jobs) > MANY * (len(jobs) + problems)


def plan(done: Done, stage: str, jobs: list[Job]) -> Job:
    """The job that looks up what these jobs of `map_shard` need, and what the problems are."""
    mapping: Mapping = jobs[0].given[0]
    sources: list[Receipt] = [job.given[1] for job in jobs]
    parents = sorted({parent for source in sources for parent in source.parents})
    # The keys of the jobs are hashes of all that decides what they look up.
    key = digest(stage, "lookups", as_json(tuple(job.key for job in jobs)))[:16]
    rows = sum(job.rows for job in jobs)
    given = (mapping.over, mapping.looks_up, sources, parents, done.part(parents))
    return Job(f"{stage}_lookups", key, "all", rows, done.recipe, join, given)


def join(
    pool: Pool,
    job: Job,
    over: str,
    columns: Iterable[str],
    sources: list[Receipt],
    parents: list[str],
    known: Done,
) -> Receipt:
    """Look up the columns, and why a problem is set aside, for every row of the shards."""
    receipt = Receipt(job.stage, job.key, "all", counts={"in": job.rows, "out": job.rows})
    ranges = max(1, 2 ** (2 * job.rows // RANGE_ROWS).bit_length())
    prefix = pl.col("problem_id").str.slice(0, 6).str.to_integer(base=16) * ranges // 2**24

    filled: set[int] = set()

    def add(waiting: SpillFile, role: str, frame: pl.DataFrame) -> None:
        parts = frame.with_columns(part=prefix).partition_by(
            "part", include_key=False, as_dict=True
        )
        for (part,), rows in parts.items():
            waiting.add(part, role, rows)
            if role == "rows":
                filled.add(part)

    def tables(ordered: SpillFile) -> Iterator[pa.Table]:
        for first in range(0, len(sources), GROUP):
            rows = ordered.take(first // GROUP, "rows").sort("shard", "row")
            for one in rows.partition_by("shard", maintain_order=True):
                yield one.to_arrow()

    with SpillFile() as waiting, SpillFile() as ordered:
        for parent in parents:
            own = known.part([parent])
            whole = own.problems[0].whole("problems")
            ids = frame_of(pool.read(whole, ["problem_id"]))["problem_id"]
            problems = own.problems_of([parent], list(columns), ids)
            aside = own.set_aside([parent]).select(
                problem_id="row_id", set_aside=pl.format("{}.{}", "step", "reason")
            )
            add(waiting, "problems", problems.join(aside, on="problem_id", how="left"))
        for number, source in enumerate(sources):
            rows = frame_of(pool.read(source.whole(over), ["problem_id"])).with_row_index("row")
            add(waiting, "rows", rows.with_columns(shard=pl.lit(number, pl.Int32)))
        for part in sorted(filled):
            rows, problems = (waiting.take(part, role) for role in ("rows", "problems"))
            found = rows.join(problems, on="problem_id", how="left").drop("problem_id")
            groups = found.with_columns(group=pl.col("shard") // GROUP).partition_by(
                "group", include_key=False, as_dict=True
            )
            for (group,), some in groups.items():
                ordered.add(group, "rows", some)
        return pool.commit(receipt, {"lookups": tables(ordered)}, job.recipe)
