"""Jobs: one piece of work on one shard, as plain data that any process can run.

A job names a function of a module and what it is given: a step with its options, receipts of the
shards that it reads, and of the rest of the build only what it looks up. Its key is a hash of all
that decides its result; the receipt under that key says that it is done.
"""

import functools
import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
import pyarrow as pa

from schemas.identity import digest, digest_all
from schemas.tables import ADDED_TO, SET_ASIDE
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt, Shard

if TYPE_CHECKING:
    from tasks.pool.lookups import Looked

Rows = Callable[[pl.DataFrame], "Output"]


class Output(NamedTuple):
    """What a step makes of a shard: tables by name, and counts that add up."""

    tables: dict[str, pa.Table]
    counts: dict[str, int]


class Job(NamedTuple):
    """One piece of work. `work(pool, job, *given)` does it and returns the receipt.

    Pickles: `work` is a function of a module, `given` is data. `locks`: most of it holds Python's
    lock, so that threads do no two of them at once.
    """

    stage: str
    key: str
    label: str
    rows: int
    recipe: str
    work: Callable[..., Receipt]
    given: tuple[Any, ...]
    locks: bool = False

    def run(self, pool: Pool) -> Receipt:
        """Do it."""
        return self.work(pool, self, *self.given)


@dataclass
class Done:
    """What is finished so far in this build: the live receipts by the table that they wrote.

    tables: a receipt stands under every table that its step declares, though it wrote no row
    deciding: the receipts of the steps that set problems aside, by the step's name, in order
    beside: receipts whose rows are live, but that no later step looks at
    """

    pool: Pool
    recipe: str
    tables: dict[str, list[Receipt]] = field(default_factory=dict)
    deciding: dict[str, list[Receipt]] = field(default_factory=dict)
    beside: list[Receipt] = field(default_factory=list)
    _index: "_Index | None" = field(default=None, init=False, repr=False, compare=False)

    @property
    def problems(self) -> list[Receipt]:
        """The live problem shards."""
        return self.of("problems")

    @property
    def traces(self) -> list[Receipt]:
        """The live trace shards."""
        return self.of("traces")

    def of(self, table: str) -> list[Receipt]:
        """The receipts of the work that wrote a table, in order."""
        return self.tables.get(table, [])

    def add(
        self, tables: Sequence[str], receipts: list[Receipt], decides: str = "", again: str = ""
    ) -> None:
        """Take in finished work. Where a table is not added to, the last step's word counts.

        decides: the name of the step, if what it sets aside leaves the pipeline
        again: the stage, if it has walked all its rows once more: its earlier word counts no more
        """

        def kept(before: list[Receipt]) -> list[Receipt]:
            return [receipt for receipt in before if receipt.stage != again]

        if not tables:
            self.beside = [*kept(self.beside), *receipts]
        for table in tables:
            before = kept(self.of(table)) if table in ADDED_TO else []
            self.tables[table] = [*before, *receipts]
        if decides:
            self.deciding[decides] = [*kept(self.deciding.get(decides, [])), *receipts]

    def live(self) -> dict[str, list[Shard]]:
        """The live shards of every table, in order."""
        written = {
            t: [s for r in receipts for s in r.outputs] for t, receipts in self.tables.items()
        }
        beside = [shard for receipt in self.beside for shard in receipt.outputs]
        found = {
            table: [shard for shard in (*shards, *beside) if shard.table == table]
            for table, shards in written.items()
        }
        return {table: shards for table, shards in found.items() if shards}

    def part(self, parents: Iterable[str]) -> "Done":
        """What a job looks up of these problem shards: their rows, what is set aside of them, and
        golds that were elected.

        Plain data, a few receipts long.
        """
        problems, deciding = self._indexed().of(tuple(parents))
        tables = {"problems": problems, "golds": self.of("golds")}
        return Done(self.pool, self.recipe, tables, deciding)

    def decided(self, parents: Iterable[str]) -> str:
        """A digest of which problems of these shards are set aside by now."""
        return self._indexed().decided(tuple(parents))

    def _indexed(self) -> "_Index":
        """The index of what is finished by now: 24,000 shards ask it, one after the other."""
        if self._index is None or not self._index.holds(self):
            self._index = _Index(self)
        return self._index

    def set_aside(self, parents: Iterable[str] | None = None) -> pl.DataFrame:
        """The problems set aside (of these shards): `row_id`, `step`, `reason`."""
        frames = [frame_of(nothing(SET_ASIDE)).select("row_id", "step", "reason")]
        for receipts in self.deciding.values():
            for receipt in receipts:
                shard = receipt.shard("set_aside")
                if shard and (parents is None or not receipt.aside.keys().isdisjoint(parents)):
                    table = self.pool.read(shard, ["row_id", "step", "reason"])
                    frames.append(frame_of(table))
        return pl.concat(frames).unique("row_id", keep="first", maintain_order=True)

    def eligible(self) -> list[str]:
        """The ids of the problems that no step has set aside, sorted."""
        out = pl.col("problem_id").is_in(self.set_aside()["row_id"].implode())
        frames = [
            frame_of(self.pool.read(receipt.whole("problems"), ["problem_id"])).filter(~out)
            for receipt in self.problems
        ]
        ids = pl.concat(frames)["problem_id"].sort() if frames else pl.Series([], dtype=pl.String)
        return ids.to_list()

    def problems_of(self, parents: list[str], columns: list[str], ids: pl.Series) -> pl.DataFrame:
        """Columns of the problems with these ids, looked up in the parent shards."""
        wanted = ids.unique()
        frames = []
        for receipt in self.problems:
            if receipt.key in parents:
                shard = receipt.whole("problems")
                frame = frame_of(self.pool.read(shard, ["problem_id", *columns]))
                frames.append(frame.filter(pl.col("problem_id").is_in(wanted.implode())))
        found = pl.concat(frames) if frames else pl.DataFrame()
        return self._with_golds(found) if "answer" in columns else found

    def _with_golds(self, problems: pl.DataFrame) -> pl.DataFrame:
        """The problems with the golds that were elected where they had none."""
        for shard in filter(None, (receipt.shard("golds") for receipt in self.of("golds"))):
            golds = frame_of(self.pool.read(shard, ["problem_id", "gold"]))
            problems = problems.join(golds, on="problem_id", how="left", maintain_order="left")
            problems = problems.with_columns(answer=pl.coalesce("answer", "gold")).drop("gold")
        return problems


class _Index:
    """The receipts that speak of each problem shard, so that nobody walks all to find a few."""

    def __init__(self, done: Done) -> None:
        self._made_of = self._lists(done)
        self._problems: dict[str, list[tuple[int, Receipt]]] = defaultdict(list)
        for at, receipt in enumerate(done.problems):
            self._problems[receipt.key].append((at, receipt))
        self._deciding: dict[str, dict[str, list[tuple[int, Receipt]]]] = {}
        for step, receipts in done.deciding.items():
            own = self._deciding[step] = defaultdict(list)
            for at, receipt in enumerate(receipts):
                for parent in receipt.aside:
                    own[parent].append((at, receipt))
        # Of a shuffled recording every shard has the same parents: all of them.
        self.of = functools.lru_cache(maxsize=64)(self._of)
        self.decided = functools.lru_cache(maxsize=64)(self._decided)

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        return type(None), ()  # a job's own is made where it is asked

    @staticmethod
    def _lists(done: Done) -> list[list[Receipt]]:
        return [done.problems, *done.deciding.values()]

    def holds(self, done: Done) -> bool:
        """Whether nothing was added since; lists of receipts are replaced, never changed."""
        now = self._lists(done)
        return len(now) == len(self._made_of) and all(map(operator.is_, now, self._made_of))

    def _of(self, parents: tuple[str, ...]) -> tuple[list[Receipt], dict[str, list[Receipt]]]:
        """The receipts of these problem shards, and those of each step that decided about them."""
        wanted = set(parents)
        found = {step: _in_order(own, wanted) for step, own in self._deciding.items()}
        return _in_order(self._problems, wanted), found

    def _decided(self, parents: tuple[str, ...]) -> str:
        _, deciding = self.of(parents)
        return digest(
            [
                [receipt.aside.get(parent, "") for parent in parents]
                for receipts in deciding.values()
                for receipt in receipts
            ]
        )


def _in_order(of_shard: dict[str, list[tuple[int, Receipt]]], wanted: set[str]) -> list[Receipt]:
    found = dict(pair for shard in wanted for pair in of_shard.get(shard, ()))
    return [found[at] for at in sorted(found)]


def frame_of(table: pa.Table) -> pl.DataFrame:
    """A pyarrow table as a polars frame, without copying the text."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def aside_of(step: str, rows: pl.DataFrame) -> pa.Table:
    """Rows that a step sets aside (row_id, reason, and source and detail where known) as
    `SET_ASIDE`.
    """
    nothing = [c for c in ("source", "detail") if c not in rows.columns]
    empty = [pl.lit(None, pl.String).alias(column) for column in nothing]
    whole = rows.with_columns(*empty, step=pl.lit(step)).select(SET_ASIDE.names)
    return whole.to_arrow().cast(SET_ASIDE)


def empty_jobs(stage: str, schemas: MappingOf[str, pa.Schema], recipe: str) -> list[Job]:
    """The job of a step that brings tables and has no row to work on: SQL may name its columns."""
    key = digest("empty", stage, str(schemas))[:16]
    return [Job(stage, key, "", 0, recipe, write_empty, (dict(schemas),))] if schemas else []


def write_empty(pool: Pool, job: Job, schemas: dict[str, pa.Schema]) -> Receipt:
    """Write tables without a row."""
    tables = {name: nothing(schema) for name, schema in schemas.items()}
    return pool.commit_rows(Receipt(job.stage, job.key, ""), tables, job.recipe)


class Mapping(NamedTuple):
    """How a shard becomes tables: which rows are read, and the function that they are given to."""

    over: str
    reads: tuple[str, ...]
    looks_up: tuple[str, ...]
    rows: Rows


def map_jobs(
    done: Done, stage: str, version: str, how: dict[str, Any], mapping: Mapping
) -> Iterator[Job]:
    """One job per shard of the table `mapping.over`: its rows, and of their problems `looks_up`.

    version, how: what else decides the result; a change of either does the work again
    """
    for source in done.of(mapping.over):
        parents = source.parents if mapping.looks_up else []
        # What looks nothing up is given nothing: scanning all receipts per shard is quadratic.
        decided = done.decided(parents) if mapping.looks_up else ""
        golds = [receipt.facts["content"] for receipt in done.of("golds")]
        if golds and "answer" in mapping.looks_up:
            decided = digest(decided, golds)
        known = done.part(parents) if mapping.looks_up else Done(done.pool, done.recipe)
        key = digest(stage, version, how, source.key, as_json(tuple(parents)), decided)[:16]
        shard = source.whole(mapping.over)
        given = (mapping, source, known)
        yield Job(stage, key, shard.path, shard.rows, done.recipe, map_shard, given)


@functools.lru_cache(maxsize=64)
def as_json(parents: tuple[str, ...]) -> str:
    """What `digest` makes of a list of keys: of a shuffled recording every shard has the same."""
    return json.dumps(parents)


def map_shard(
    pool: Pool, job: Job, mapping: Mapping, source: Receipt, known: "Done | Looked"
) -> Receipt:
    """Read a shard, look up what is wanted, write what the function makes of it."""
    frame = frame_of(pool.read(source.whole(mapping.over), list(mapping.reads)))
    if mapping.looks_up and isinstance(known, Done):
        problems = known.problems_of(source.parents, list(mapping.looks_up), frame["problem_id"])
        aside = known.set_aside(source.parents).select(
            problem_id="row_id", set_aside=pl.format("{}.{}", "step", "reason")
        )
        frame = frame.join(problems, on="problem_id", how="left", maintain_order="left")
        frame = frame.join(aside, on="problem_id", how="left", maintain_order="left")
    elif not isinstance(known, Done):
        frame = frame.hstack(known.of(pool))
    output = mapping.rows(frame)
    receipt = Receipt(job.stage, job.key, source.key, parents=[source.key], counts=output.counts)
    if mapping.over == "problems":
        gone = output.tables.get("set_aside")
        ids = sorted(gone.column("row_id").to_pylist()) if gone is not None else []
        receipt.aside[source.key] = digest_all(ids)
    return pool.commit_rows(receipt, output.tables, job.recipe)
