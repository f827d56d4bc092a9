"""release: the selected rows in a trainer's form, as Parquet shards of a token budget.

    releases/<view>/train-00000-of-00003.parquet      what trainers load
    releases/.store/<view>/<key>.parquet              the same files by content

The store is what survives a crash: a shard in it is finished. The view's folder is links into the
store, made aside and swapped in when every shard is there, so that a reader sees the old release or
the new one. Rows keep the order of the pool: what is added later comes in later shards, and shards
before it keep their bytes.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import polars as pl
import pyarrow as pa

from schemas.identity import digest, digest_all
from schemas.recipe import View, view_format
from tasks import __version__
from tasks.parquet import write_parquet
from tasks.pool import FORMAT, Pool, Receipt, Shard
from tasks.spool import Spool
from tasks.stage import Done, Job, frame_of
from tasks.views import midtrain, pairs, rlvr, sft

VERSION = "1"

FORMATS: dict[str, ModuleType] = {"sft": sft, "pairs": pairs, "rlvr": rlvr, "midtrain": midtrain}

TRACE_COLUMNS = ["trace_id", "teacher", "reasoning", "response"]
PROBLEM_COLUMNS = "problem_id problem answer answer_kind domain source license level".split()


def numbered(selection: pl.DataFrame, budget: int) -> pl.DataFrame:
    """Number the output shards (`out`): per split, in order, each within the token budget."""
    frames, first = [], 0
    for split in selection["split"].unique(maintain_order=True).sort():
        part = selection.filter(pl.col("split") == split)
        numbers, number, total = [], first, 0
        for tokens in part["tokens"].to_list():
            if total and total + tokens > budget:
                number, total = number + 1, 0
            total += tokens
            numbers.append(number)
        frames.append(part.with_columns(out=pl.Series(numbers, dtype=pl.Int32)))
        first = number + 1
    if not frames:
        return selection.with_columns(out=pl.lit(0, pl.Int32))
    return pl.concat(frames).with_row_index("position")


def keys_of_shards(
    selection: pl.DataFrame, tables: dict[str, list[Shard]], how: str
) -> dict[int, str]:
    """The key of each output shard: its rows, the pool shards they come from, and the form."""
    keys = {}
    for (out,), rows in selection.group_by("out", maintain_order=True):
        parents = [
            tables[table][number].path
            for table, column in (("problems", "problem_shard"), ("traces", "shard"))
            if table == "problems" or "reasoning" not in rows.columns
            for number in rows[column].unique().sort()
            if number < len(tables[table])
        ]
        plain = rows.drop("out", "position", "shard", "row", "problem_shard", "problem_row")
        content = digest_all(map(str, plain.iter_rows()))
        keys[int(str(out))] = digest("release", VERSION, __version__, how, content, parents)[:16]
    return keys


def build(
    pool: Pool,
    tables: dict[str, list[Shard]],
    selection: pl.DataFrame,
    name: str,
    view: View,
    recipe: str,
) -> tuple[list[tuple[str, str, int]], dict[str, int]]:
    """Write the missing shards of a view; returns (split, key, rows) of all, and counts."""
    form = FORMATS[view_format(name, view)]
    selection = numbered(selection, view.shard_tokens)
    how = digest(view_format(name, view), view.reasoning, list(view.splits))
    keys = keys_of_shards(selection, tables, how) if len(selection) else {}
    wanted = {out for out, key in keys.items() if not pool.exists(stored(name, key))}
    missing = selection.filter(pl.col("out").is_in(wanted))
    with Spool() as spool:
        walks = [("problem", "problems", "problem_shard", "problem_row", PROBLEM_COLUMNS)]
        if "rejected" in form.ROLES:
            walks.append(("rejected", "traces", "rejected_shard", "rejected_row", TRACE_COLUMNS))
        if "trace" in form.ROLES:
            walks.append(("trace", "traces", "shard", "row", TRACE_COLUMNS))
        left = dict(missing.group_by("out").len().iter_rows())
        for walk in walks:
            last = walk is walks[-1]
            for out, part in gather(pool, tables, missing, *walk):
                spool.add(out, walk[0], part)
                left[out] -= len(part) if last else 0
                if last and left[out] == 0:
                    rows = assemble(
                        missing.filter(pl.col("out") == out), spool, out, walks, view, form
                    )
                    write(pool, name, keys[out], rows, recipe)
    shards = [
        (str(rows["split"][0]), keys[int(str(out))], len(rows))
        for (out,), rows in selection.group_by("out", maintain_order=True)
    ]
    return shards, {"in": len(selection), "out": sum(rows for *_, rows in shards)}


def gather(
    pool: Pool,
    tables: dict[str, list[Shard]],
    selection: pl.DataFrame,
    role: str,
    table: str,
    shard_column: str,
    row_column: str,
    columns: list[str],
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Walk a table once and yield, per output shard, the rows that it takes from each shard."""
    prefix = "rejected_" if role == "rejected" else ""
    for (number,), wanted in selection.sort(shard_column, row_column).group_by(
        shard_column, maintain_order=True
    ):
        source = frame_of(pool.read(tables[table][int(str(number))], columns))
        rows = source[wanted[row_column].to_numpy()].rename(lambda c: prefix + c)
        rows = rows.with_columns(wanted["out"], wanted["position"])
        for (out,), part in rows.group_by("out", maintain_order=True):
            yield int(str(out)), part.drop("out")


def assemble(
    selection: pl.DataFrame,
    spool: Spool,
    out: int,
    walks: list[tuple[str, str, str, str, list[str]]],
    view: View,
    form: ModuleType,
) -> pl.DataFrame:
    """Join the parts of an output shard into training rows, in order."""
    joined = selection
    for role, *_ in walks:
        part = spool.take(out, role)
        part = part.drop([c for c in part.columns if c in joined.columns and c != "position"])
        joined = joined.join(part, on="position", how="left", maintain_order="left")
    rows: pl.DataFrame = form.rows(joined, view)
    return rows


def stored(name: str, key: str) -> str:
    """Where a finished shard lies."""
    return f"releases/.store/{name}/{key}.parquet"


def write(pool: Pool, name: str, key: str, rows: pl.DataFrame, recipe: str) -> None:
    """Write one output shard to the store."""
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    provenance = {
        "format": FORMAT,
        "stage": "release",
        "view": name,
        "key": key,
        "recipe": recipe,
        "code": __version__,
    }

    def into(sink: BinaryIO) -> None:
        write_parquet(sink, table.schema, [table], provenance)

    pool.put(stored(name, key), into)


def publish(pool: Pool, name: str, shards: list[tuple[str, str, int]]) -> list[Shard]:
    """Make the view's folder show exactly these shards, and drop what no release needs."""
    named: list[tuple[str, str, int]] = []
    for split in dict.fromkeys(split for split, *_ in shards):
        own = [(key, rows) for s, key, rows in shards if s == split]
        for number, (key, rows) in enumerate(own):
            named.append((f"{split}-{number:05d}-of-{len(own):05d}.parquet", key, rows))
    store, folder = pool.path(f"releases/.store/{name}"), pool.path(f"releases/{name}")
    if pool.local:
        _swap(Path(folder), Path(store), named)
    else:
        present = (
            {os.path.basename(p) for p in pool.fs.ls(folder, detail=False)}
            if pool.fs.exists(folder)
            else set()
        )
        for file, key, _ in named:
            pool.fs.cp_file(f"{store}/{key}.parquet", f"{folder}/{file}")
        for file in present - {file for file, *_ in named}:
            pool.fs.rm_file(f"{folder}/{file}")
    return [
        Shard(
            f"releases/{name}",
            f"releases/{name}/{file}",
            rows,
            int(pool.fs.size(f"{folder}/{file}")),
            key,
        )
        for file, key, rows in named
    ]


def _swap(folder: Path, store: Path, named: list[tuple[str, str, int]]) -> None:
    current = {p.name: p.stat().st_ino for p in folder.glob("*")} if folder.exists() else {}
    wanted = {file: (store / f"{key}.parquet").stat().st_ino for file, key, _ in named}
    if current != wanted:
        aside, old = (
            folder.with_name(f".{folder.name}.new"),
            folder.with_name(f".{folder.name}.old"),
        )
        for leftover in (aside, old):
            shutil.rmtree(leftover, ignore_errors=True)
        aside.mkdir(parents=True)
        for file, key, _ in named:
            try:
                os.link(store / f"{key}.parquet", aside / file)
            except OSError:  # a file system without hard links
                shutil.copyfile(store / f"{key}.parquet", aside / file)
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    needed = {key for _, key, _ in named}
    for path in store.glob("*.parquet"):
        if path.stem not in needed:
            path.unlink()


def plan(done: Done, tables: dict[str, list[Shard]], name: str, view: View) -> Iterator[Job]:
    """One job: all shards of a view (each place of the pool is walked once for all of them)."""
    chosen = next(r for r in done.receipts["select"] if r.label == name)
    how = [view_format(name, view), view.reasoning, view.shard_tokens]
    inputs = [s.path for t in ("problems", "traces") for s in tables.get(t, [])]
    key = digest("release", VERSION, name, how, chosen.facts["content"], inputs)[:16]

    def work() -> Receipt:
        selection = frame_of(
            pa.parquet.read_table(done.pool.fs.open(done.pool.path(chosen.outputs[0].path)))
        )
        shards, counts = build(done.pool, tables, selection, name, view, done.recipe)
        receipt = Receipt("release", key, name, counts=counts, facts={"shards": shards})
        receipt.outputs.extend(publish(done.pool, name, shards))
        return done.pool.commit(receipt, {}, done.recipe)

    yield Job("release", key, name, chosen.counts["out"], work)
