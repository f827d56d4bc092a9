"""release: the selected rows in a trainer's form, as Parquet shards of a token budget.

Rows keep the order of the selection, which is the pool's (live teachers' traces have that of their
problems): what is added later comes in later shards, and the shards before it keep their bytes. A
shard that stands in the store already is not written again.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa

from schemas.errors import Mistake, MistakesError, placed
from schemas.identity import digest, digest_all
from schemas.recipe.views import View, format_of
from tasks import __version__
from tasks.pool import release_files
from tasks.pool.jobs import Done, Job
from tasks.pool.parquet import write_parquet
from tasks.pool.release_files import is_stored, stored
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool, Receipt, Shard
from tasks.views.join import Walk, arrow, gather, joined, nothing_joined, walks_of
from tasks.views.select import selected
from tasks.views.statement import CARRIED, carried
from tasks.views.templates import rendered

VERSION = "2"
FORMAT = "2"
"""Of the files that trainers load; 2: lists, where 1 had large lists. The pool's own format is
numbered apart.
"""


def numbered(selection: pl.DataFrame, budget: int) -> pl.DataFrame:
    """Add `out`, the number of the output shard (per split, in order, each within the token
    budget unless a single row is beyond it), and `position`, the row's place in the release.
    """
    frames, first = [], 0
    for split in selection["split"].unique().sort():
        part = selection.filter(pl.col("split") == split)
        numbers, number, total = [], first, 0
        for tokens in part["tokens"].to_list():
            if total and total + tokens > budget:
                number, total = number + 1, 0
            total += tokens
            numbers.append(number)
        frames.append(part.with_columns(out=pl.Series(numbers, dtype=pl.Int32)))
        first = number + 1
    empty = selection.with_columns(out=pl.lit(0, pl.Int32))
    return (pl.concat(frames) if frames else empty).with_row_index("position")


def keys_of_shards(
    selection: pl.DataFrame, tables: dict[str, list[Shard]], walks: list[Walk], how: str
) -> dict[int, str]:
    """The key of each output shard: its rows, what they say, and the form."""
    keys = {}
    places = ["position", *(c for walk in walks for c in (walk.shard, walk.row)), "shard", "row"]
    aside = ["out", *places, *(walk.said for walk in walks if walk.said)]
    for (out,), rows in selection.group_by("out", maintain_order=True):
        parents = [source for walk in walks for source in _sources(rows, tables, walk)]
        content = digest_all(map(str, rows.drop(*aside, strict=False).iter_rows()))
        keys[int(str(out))] = digest("release", VERSION, __version__, how, content, parents)[:16]
    return keys


def _sources(rows: pl.DataFrame, tables: dict[str, list[Shard]], walk: Walk) -> Iterator[str]:
    """What decides of the text that a walk takes: the paths of shards, which are hashes of their
    rows; of live teachers' traces what they say, because their shards are as they came.
    """
    if walk.said in rows.columns:
        yield from rows[walk.said].drop_nulls()
        rows = rows.filter(pl.col(walk.said).is_null())
    for number in rows[walk.shard].unique().sort():
        yield tables[walk.table][number].path


def build(
    pool: Pool,
    tables: dict[str, list[Shard]],
    selection: pl.DataFrame,
    name: str,
    view: View,
    recipe: str,
    store: str = "",
) -> list[tuple[str, str, int]]:
    """Write the missing shards of a view; returns (split, key, rows) of all, in order.

    store: the view whose files they are; default: the view itself
    A view without a row is a file without a row, in the first split: its columns say what it is.
    """
    form, store = format_of(name, view), store or name
    walks = walks_of(form.per, view.partners())
    how = digest(*manner(name, view))
    if selection.is_empty():
        key = digest("release", VERSION, __version__, how, "empty")[:16]
        if not is_stored(pool, store, key):
            typed = formed(name, nothing_joined(selection, walks), view)
            write(pool, store, key, iter([typed]), recipe)
        return [(next(iter(view.splits)), key, 0)]
    selection = numbered(selection, view.shard_tokens)
    keys = keys_of_shards(selection, tables, walks, how)
    wanted = [out for out, key in keys.items() if not is_stored(pool, store, key)]
    missing = selection.filter(pl.col("out").is_in(wanted))
    with SpillFile() as spool, ThreadPoolExecutor(1) as writer:
        written: list[Future[None]] = []  # a shard is written while the next one is gathered
        for out in gather(pool, tables, missing, walks, spool):
            if written:
                written[-1].result()
            slices = map(partial(formed, name, view=view), joined(missing, spool, out, walks))
            written.append(writer.submit(write, pool, store, keys[out], slices, recipe))
        for one in written:
            one.result()
    sizes = selection.group_by("out", maintain_order=True).agg(pl.len(), pl.col("split").first())
    return [(split, keys[out], rows) for out, rows, split in sizes.iter_rows()]


def manner(name: str, view: View) -> list[Any]:
    """All that decides how a row of the view looks."""
    return [format_of(name, view).stamp, view.reasoning, *_besides(name, view)]


def _besides(name: str, view: View) -> list[Any]:
    """What else decides how rows look; nothing where the view asks for nothing."""
    columns = carried(name, view)
    plain = [list(columns), view.system] if columns or view.system else []
    return [*plain, *([view.model_dump(mode="json")["messages"]] if view.messages else [])]


def formed(name: str, joined: pl.DataFrame, view: View) -> pl.DataFrame:
    """Training rows from joined rows. Raises MistakesError if the format loses or adds any, has a
    column already that the view wants to carry, or cannot render a text.
    """
    with placed("views", name):
        return _formed(name, joined, view)


def _formed(name: str, joined: pl.DataFrame, view: View) -> pl.DataFrame:
    form = format_of(name, view)
    known = {column: pl.col(CARRIED + column) for column in carried(name, view)}
    joined = joined.with_columns(**known).drop(CARRIED + column for column in known)
    if "elected" in joined.columns:
        joined = joined.with_columns(answer=pl.coalesce("answer", "elected")).drop("elected")
    if view.system:
        said = rendered(("system",), view.system, joined.iter_rows(named=True), joined.columns)
        joined = joined.with_columns(system=pl.Series(said, dtype=pl.String))
    rows = form.function(joined, view)
    if len(rows) != len(joined):
        told = (
            f"format {form.name}: {len(rows)} rows for {len(joined)}; it returns one for each, in "
            "their order: what a view leaves out stands in its `where`"
        )
        raise MistakesError([Mistake(("format",), told)])
    if twice := sorted({*rows.columns} & {*view.columns} - {*form.columns}):
        told = f"{form.name} has a column `{twice[0]}` already; carry it under another name"
        raise MistakesError([Mistake(("columns", twice[0]), told)])
    return rows.hstack([joined[column] for column in view.columns if column not in rows.columns])


def write(pool: Pool, name: str, key: str, rows: Iterator[pl.DataFrame], recipe: str) -> None:
    """Write one output shard to the store, a slice at a time, with its provenance."""
    first = arrow(next(rows))
    tables: Iterator[pa.Table] = chain([first], map(arrow, rows))
    provenance = {
        "format": FORMAT,
        "stage": "release",
        "view": name,
        "key": key,
        "recipe": recipe,
        "code": __version__,
    }

    def into(sink: BinaryIO) -> None:
        write_parquet(sink, first.schema, tables, provenance)

    release_files.store(pool, name, key, into)


def plan(done: Done, tables: dict[str, list[Shard]], name: str, view: View, chosen: Receipt) -> Job:
    """The job that writes all shards of a view into its store; `release_files.publish` shows them.

    chosen: the receipt of its selection
    """
    form = manner(name, view)
    how = [*form[:2], view.shard_tokens, *form[2:]]
    texts = {table: tables.get(table, []) for table in ("problems", "traces")}
    inputs = [shard.path for shards in texts.values() for shard in shards]
    rows = chosen.counts["out"]
    typed = [] if rows else ["typed"]  # before there were versions, no row meant no file
    key = digest("release", VERSION, name, how, chosen.facts["content"], inputs, *typed)[:16]
    given = (texts, name, view, chosen)
    return Job("release", key, name, rows, done.recipe, write_all, given)


def write_all(
    pool: Pool, job: Job, tables: dict[str, list[Shard]], name: str, view: View, chosen: Receipt
) -> Receipt:
    """Write the output shards of a view that its store lacks."""
    selection = selected(pool, chosen)
    shards = build(pool, tables, selection, name, view, job.recipe)
    return written(pool, job, name, len(selection), shards)


def written(
    pool: Pool, job: Job, name: str, rows: int, shards: list[tuple[str, str, int]]
) -> Receipt:
    """The receipt of a view's shards (split, key, rows), committed; `rows`: how many there are."""
    counts = {"in": rows, "out": sum(rows for *_, rows in shards)}
    receipt = Receipt("release", job.key, name, counts=counts, facts={"shards": shards})
    for _, shard, own in shards:  # in the store: the view's folder may show others later
        path = stored(name, shard)
        size = int(pool.fs.size(pool.path(path)))
        receipt.outputs.append(Shard(f"releases/{name}", path, own, size, shard))
    return pool.commit(receipt, {}, job.recipe)
