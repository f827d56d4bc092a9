"""Gathering the text of selected rows from the pool, each place walked once, in bounded memory."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from schemas.parts.view_format import Per
from schemas.tables import TABLES
from tasks.pool.jobs import frame_of, nothing
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool, Shard

SLICE = 512
"""Rows joined and written at a time."""

TRACE_COLUMNS = ["trace_id", "teacher", "reasoning", "response"]
PROBLEM_COLUMNS = "problem_id problem answer answer_kind domain source license level".split()


class Walk(NamedTuple):
    """One place that training rows take text from: a table, and where in it (selection columns).

    said: the column that says what a live teacher's text is; selections may lack it
    """

    role: str
    table: str
    shard: str
    row: str
    columns: list[str]
    said: str = ""

    def prefix(self) -> str:
        """What the names of its columns begin with in a joined row."""
        return "" if self.role in ("problem", "trace") else f"{self.role}_"


def walks_of(per: Per, partners: Sequence[str] = ()) -> list[Walk]:
    """The walks for rows of this sort; `partners` are roles whose traces stand beside the first.

    The walk that orders the rows comes last, so that an output shard is whole as soon as it has
    passed. Without traces the problems are what is judged later, so their tests come along.
    """
    if per == "problem":
        columns = [*PROBLEM_COLUMNS, "tests"]
        return [Walk("problem", "problems", "problem_shard", "problem_row", columns)]
    beside = [
        Walk(role, "traces", f"{role}_shard", f"{role}_row", TRACE_COLUMNS, f"{role}_said")
        for role in partners
    ]
    problem = Walk("problem", "problems", "problem_shard", "problem_row", PROBLEM_COLUMNS)
    return [problem, *beside, Walk("trace", "traces", "shard", "row", TRACE_COLUMNS, "said")]


def gather(
    pool: Pool,
    tables: dict[str, list[Shard]],
    selection: pl.DataFrame,
    walks: list[Walk],
    spool: SpillFile,
) -> Iterator[int]:
    """Walk every place once; yields the number of each output shard whose parts are all there.

    selection: `out`, `position` and the walks' columns, sorted by `position`.
    """
    left = dict(selection.group_by("out").len().iter_rows())
    for walk in walks:
        for out, rows in _parts(pool, tables.get(walk.table, []), selection, walk):
            spool.add(out, walk.role, rows)
            if walk is walks[-1]:
                left[out] -= len(rows)
                if left[out] == 0:
                    yield out


def _parts(
    pool: Pool, shards: list[Shard], selection: pl.DataFrame, walk: Walk
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Per shard of the table, the rows that each output shard takes from it."""
    prefix = walk.prefix()
    ordered = selection.sort(walk.shard, walk.row)
    for (number,), wanted in ordered.group_by(walk.shard, maintain_order=True):
        first = 0
        for group in pool.groups(shards[int(str(number))], walk.columns):
            within = pl.col(walk.row).is_between(first, first + len(group) - 1)
            here, first = wanted.filter(within), first + len(group)
            if here.is_empty():
                continue
            # Arrow's take copies the rows; polars' would keep the whole group alive behind them.
            taken = group.take((here[walk.row] - (first - len(group))).to_arrow())
            rows = frame_of(taken).rename(lambda c: prefix + c)
            rows = rows.with_columns(here["out"], here["position"])
            for (out,), part in rows.group_by("out", maintain_order=True):
                yield int(str(out)), part.drop("out")


def joined(
    selection: pl.DataFrame, spool: SpillFile, out: int, walks: list[Walk]
) -> Iterator[pl.DataFrame]:
    """The rows of an output shard with all their parts side by side, a slice at a time.

    The parts are taken out of the spool at once, the slices are made as they are asked for.
    """
    rows = selection.filter(pl.col("out") == out).sort("position")
    parts = [spool.take(out, walk.role).sort("position") for walk in walks]
    return _slices(rows, parts)


def _slices(rows: pl.DataFrame, parts: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    for start in range(0, len(rows), SLICE):
        whole = rows.slice(start, SLICE)
        for part in parts:
            piece = part.slice(start, SLICE)
            whole = whole.hstack([c for c in piece if c.name not in whole.columns])
        yield whole


def nothing_joined(selection: pl.DataFrame, walks: list[Walk]) -> pl.DataFrame:
    """What `joined` yields of an empty selection: no row, but every column with its type."""
    whole = selection
    for walk in walks:
        prefix = walk.prefix()
        schema = pa.schema([TABLES[walk.table].field(column) for column in walk.columns])
        part = frame_of(nothing(schema))
        part = part.rename({name: prefix + name for name in part.columns})
        whole = whole.hstack([c for c in part if c.name not in whole.columns])
    return whole


def arrow(rows: pl.DataFrame) -> pa.Table:
    """A frame as Arrow with plain large strings and lists: what every reader of Parquet knows.

    `datasets` before 2.21 reads no large list.
    """
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    return table.cast(pa.schema([field.with_type(_listed(field.type)) for field in table.schema]))


def _listed(kind: pa.DataType) -> pa.DataType:
    """The type with lists for large lists, at any depth."""
    if pa.types.is_large_list(kind):
        return pa.list_(kind.value_field.with_type(_listed(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_listed(field.type)) for field in kind.fields])
    return kind
