"""What a stage is: a pure function over the tables of one shard, and the plan of its jobs.

A stage that maps over shards is declared by a `Mapper`: which table it walks, which columns it
reads, what it looks up, and the function. The function takes polars frames and options, returns
tables and counts, and knows nothing of pools, Prefect or other shards.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from schemas.identity import digest, digest_all
from schemas.rows import Strict
from tasks.pool.store import Pool, Receipt

DECIDING = ("screen", "dedupe", "dedupe_semantic", "decontaminate")
"""The steps that set problems aside."""


class Output(NamedTuple):
    """What a stage makes of a shard: tables by name, and counts that add up."""

    tables: dict[str, pa.Table]
    counts: dict[str, int]


class Job(NamedTuple):
    """One piece of work for one Prefect task."""

    stage: str
    key: str
    label: str
    rows: int
    run: Callable[[], Receipt]


@dataclass
class Done:
    """What is finished so far in this build: the live receipts of every stage, in order."""

    pool: Pool
    recipe: str
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)
    asides: list[Receipt] = field(default_factory=list)

    @property
    def problems(self) -> list[Receipt]:
        """The live problem shards."""
        return self.receipts.get("ingest", [])

    @property
    def traces(self) -> list[Receipt]:
        """The live trace shards."""
        return self.receipts.get("generate", [])

    def decided(self, parents: Iterable[str]) -> str:
        """A digest of which problems of these shards are set aside by now."""
        return digest(
            [
                [receipt.aside.get(parent, "") for parent in parents]
                for stage in DECIDING
                for receipt in self.receipts.get(stage, [])
                if any(parent in receipt.aside for parent in parents)
            ]
        )

    def set_aside(self, parents: Iterable[str] | None = None) -> pl.DataFrame:
        """The problems set aside (of these shards): `row_id`, `stage`, `reason`."""
        frames = [
            pl.DataFrame(schema={"row_id": pl.String, "stage": pl.String, "reason": pl.String})
        ]
        for stage in DECIDING:
            for receipt in self.receipts.get(stage, []):
                shard = receipt.shard("rejects")
                if shard and (parents is None or any(p in receipt.aside for p in parents)):
                    table = self.pool.read(shard, ["row_id", "stage", "reason"])
                    frames.append(frame_of(table))
        return pl.concat(frames).unique("row_id", keep="first", maintain_order=True)

    def problems_of(self, parents: list[str], columns: list[str], ids: pl.Series) -> pl.DataFrame:
        """Columns of the problems with these ids, looked up in the parent shards."""
        wanted = ids.unique()
        frames = []
        for receipt in self.problems:
            if receipt.key in parents:
                shard = receipt.shard("problems")
                assert shard is not None
                frame = frame_of(self.pool.read(shard, ["problem_id", *columns]))
                frames.append(frame.filter(pl.col("problem_id").is_in(wanted.implode())))
        return pl.concat(frames) if frames else pl.DataFrame()


def frame_of(table: pa.Table) -> pl.DataFrame:
    """A pyarrow table as a polars frame, without copying the text."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


@dataclass(frozen=True)
class Mapper:
    """A stage that maps over the shards of one table.

    over: the table walked, `problems` or `traces`
    reads: its columns that the function wants
    looks_up: columns of the traces' problems (adds `set_aside`, the reason or null)
    function: (frame, options) -> Output
    """

    name: str
    version: str
    over: str
    reads: list[str]
    function: Callable[[pl.DataFrame, Any], Output]
    looks_up: list[str] = field(default_factory=list)

    def plan(self, done: Done, options: Strict) -> Iterator[Job]:
        """One job per shard."""
        stage = "ingest" if self.over == "problems" else "generate"
        for receipt in done.receipts.get(stage, []):
            decided = done.decided(receipt.parents) if self.looks_up else ""
            parents = receipt.parents if self.looks_up else []
            how = options.model_dump(mode="json")
            key = digest(self.name, self.version, how, receipt.key, parents, decided)[:16]
            shard = receipt.shard(self.over)
            assert shard is not None
            yield Job(
                self.name, key, shard.path, shard.rows, _bind(self, done, options, receipt, key)
            )


def _bind(
    mapper: Mapper, done: Done, options: Strict, source: Receipt, key: str
) -> Callable[[], Receipt]:
    def run() -> Receipt:
        shard = source.shard(mapper.over)
        assert shard is not None
        frame = frame_of(done.pool.read(shard, mapper.reads))
        if mapper.looks_up:
            problems = done.problems_of(source.parents, mapper.looks_up, frame["problem_id"])
            aside = done.set_aside(source.parents).select(
                problem_id="row_id", set_aside=pl.format("{}.{}", "stage", "reason")
            )
            frame = frame.join(problems, on="problem_id", how="left", maintain_order="left")
            frame = frame.join(aside, on="problem_id", how="left", maintain_order="left")
        output = mapper.function(frame, options)
        receipt = Receipt(mapper.name, key, source.key, parents=[source.key], counts=output.counts)
        rejects = output.tables.get("rejects")
        if mapper.over == "problems":
            ids = sorted(rejects.column("row_id").to_pylist()) if rejects is not None else []
            receipt.aside[source.key] = digest_all(ids)
        tables = {name: table for name, table in output.tables.items() if table.num_rows}
        return done.pool.commit(receipt, dict(tables), done.recipe)

    return run
