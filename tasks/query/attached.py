"""attach: columns of a person's own for rows of the pool, from a file or a program.

Every value is checked before anything is written: its key, its type, that it stands once.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import polars as pl
import pyarrow as pa
from pydantic import ValidationError

from schemas.answer_types import arrow, form
from schemas.errors import SourceError
from schemas.identity import digest, digest_all
from schemas.tables import ID, field
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt
from tasks.sources.readers import read_files
from tasks.sources.rows import Broken

VERSION = "1"

TAIL = 400
"""Characters of what a program said last that its error repeats."""


class Column(NamedTuple):
    """What is attached: the struct `name` of `types`, to the rows that `key` names."""

    name: str
    key: str
    types: Mapping[str, Any]

    def schema(self) -> pa.Schema:
        """Of the table that holds it."""
        told = pa.struct([pa.field(one, arrow(kind)) for one, kind in self.types.items()])
        return pa.schema(
            [
                field(self.key, ID, "the row it is attached to", False),
                field(self.name, told, f"what was attached as `{self.name}`", False),
            ]
        )


def read(files: list[str], column: Column) -> pa.Table:
    """The values in files. Raises SourceError naming the row that is wrong."""
    rows = ((row.place, row.content) for row in read_files(files))
    return checked(rows, column)


def checked(rows: Iterable[tuple[str, dict[str, Any] | Broken]], column: Column) -> pa.Table:
    """Rows as the table, sorted by key. Pure.

    rows: (place, content). Raises SourceError naming the place of a row that has no key or not all
    columns, whose value is of another type, or whose key another row has.
    """
    model = form(column.types)
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for place, content in rows:
        if isinstance(content, Broken):
            raise SourceError(f"{place}: {content.reason}: {content.detail}")
        one = content.get(column.key)
        if not isinstance(one, str) or not one:
            raise SourceError(f"{place}: no `{column.key}` (there is: {', '.join(content)})")
        if missing := [name for name in column.types if name not in content]:
            raise SourceError(f"{place}: no `{missing[0]}` (there is: {', '.join(content)})")
        if one in found:
            raise SourceError(f"{place}: {column.key} {one} stands in {found[one][0]} already")
        own = {name: content[name] for name in column.types}
        if all(value is None for value in own.values()):
            continue  # a row that has no value
        try:
            found[one] = (place, model.model_validate(own).model_dump())
        except ValidationError as error:
            wrong = error.errors()[0]
            where = ".".join(map(str, wrong["loc"]))
            raise SourceError(f"{place}: `{where}`: {wrong['msg']}: {wrong['input']!r}") from None
    values = [{column.key: one, column.name: found[one][1]} for one in sorted(found)]
    return pa.Table.from_pylist(values, column.schema())


def content_of(values: pa.Table) -> str:
    """A digest of what is attached to which row."""
    return digest_all(map(str, frame_of(values).iter_rows()))


def plan_file(
    done: Done, stage: str, table: str, files: list[str], content: str, column: Column
) -> Iterator[Job]:
    """One job: the file's values for the live rows of a table. `content`: their digest."""
    receipts = done.of(table)
    how = [column.name, column.key, dict(column.types), content]
    key = digest("attach", VERSION, stage, how, [receipt.key for receipt in receipts])[:16]
    rows = sum(receipt.whole(table).rows for receipt in receipts if receipt.shard(table))
    given = (table, files, content, column, receipts)
    yield Job(stage, key, ", ".join(map(os.path.basename, files)), rows, done.recipe, take, given)


def take(
    pool: Pool,
    job: Job,
    table: str,
    files: list[str],
    content: str,
    column: Column,
    receipts: list[Receipt],
) -> Receipt:
    """Write the values of rows that the pool has; the others are counted."""
    values = read(files, column)
    if content_of(values) != content:
        raise SourceError(f"{files[0]}: has changed since the build began; build again")
    shards = [receipt.whole(table) for receipt in receipts if receipt.shard(table)]
    ids = {one for shard in shards for one in pool.read(shard, [column.key])[0].to_pylist()}
    known = values.filter(pa.array([one in ids for one in values[0].to_pylist()], pa.bool_()))
    if len(values) and ids and not len(known):
        raise SourceError(
            f"{files[0]}: none of its {len(values)} rows is in the pool: `{column.key}` "
            f"{values[0][0].as_py()} and the like are no ids of {table}"
        )
    counts = {
        "in": len(ids), "out": len(known), "aside.no_value": len(ids) - len(known),
        "unknown_key": len(values) - len(known),
    }  # fmt: skip
    receipt = Receipt(job.stage, job.key, "all", counts=counts)
    return pool.commit_rows(receipt, {column.name: known}, job.recipe)


LAUNCHED = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""Becomes the program, which then ends with whoever started it, killed or not."""


def program_at(program: str, base: Path, whose: str) -> str:
    """Where a program is: on PATH, or, as a path, seen from the recipe's folder `base`.

    Raises SourceError where it is in neither place.
    """
    own = (base / program).resolve()
    found = str(own) if "/" in program and own.exists() else shutil.which(program)
    if found is None:
        raise SourceError(
            f"{whose}: there is no program `{program}`, neither on PATH nor from {base}"
        )
    return found


class Program(NamedTuple):
    """A program of a person's own: reads rows as JSON lines, writes columns as JSON lines.

    base: the folder it runs in; deadline: seconds for a shard
    """

    arguments: list[str]
    base: str
    deadline: float


def plan_program(
    stage: str,
    recipe: str,
    parts: Iterable[Any],
    program: Program,
    given: Sequence[str],
    column: Column,
    stamp: str,
) -> Iterator[Job]:
    """One job per shard of chosen rows.

    given: what the program is told of a row beside the key
    stamp: what a person says of the program's version
    """
    shown = list(dict.fromkeys([column.key, *given]))
    for part in parts:
        how = [program.arguments, stamp, column.name, column.key, dict(column.types)]
        key = digest("attach", VERSION, stage, how, part.stamp)[:16]
        shard = part.source.outputs[0]
        yield Job(stage, key, shard.path, shard.rows, recipe, run, (part, program, shown, column))


def run(
    pool: Pool, job: Job, part: Any, program: Program, shown: list[str], column: Column
) -> Receipt:
    """Give the program the rows of a shard, and write what it says of them."""
    rows = part.read(pool)
    values = said(program, rows.select(shown), column) if len(rows) else nothing(column.schema())
    assert isinstance(part.read, partial)
    chosen = part.read.keywords["part"]
    counts = {
        "in": chosen.whole, "out": len(values), "aside.set_aside": chosen.aside,
        "aside.not_chosen": chosen.whole - chosen.aside - len(rows),
        "aside.no_value": len(rows) - len(values),
    }  # fmt: skip
    receipt = Receipt(job.stage, job.key, part.source.key, parents=[part.source.key], counts=counts)
    return pool.commit_rows(receipt, {column.name: values}, job.recipe)


def said(program: Program, rows: pl.DataFrame, column: Column) -> pa.Table:
    """What a program says of rows. Raises SourceError where it fails, takes too long, or does not
    say one thing of every row.
    """
    lines = b"".join(orjson.dumps(row) + b"\n" for row in rows.iter_rows(named=True))
    whose = f"`{program.arguments[0]}`"
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHED, str(os.getpid()), *program.arguments],
        cwd=program.base, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = process.communicate(lines, timeout=program.deadline)
    except subprocess.TimeoutExpired:
        raise SourceError(
            f"{whose}: no answer about {len(rows)} rows within its deadline of "
            f"{program.deadline:g} s; give it more"
        ) from None
    finally:
        end(process)
    if process.returncode:
        told = err.decode(errors="replace").strip()[-TAIL:]
        raise SourceError(f"{whose}: ended with {process.returncode}: {told}")
    values = checked(_spoken(out, whose), column)
    asked = set(rows[column.key])
    answered = {row[column.key] for _, row in _spoken(out, whose)}
    if strange := sorted(answered - asked):
        raise SourceError(f"{whose}: says something of {strange[0]}, which it was not asked about")
    if silent := sorted(asked - answered):
        raise SourceError(
            f"{whose}: says nothing of {len(silent)} rows, of {silent[0]} first; it answers each "
            "row, with null where there is no value"
        )
    return values


def _spoken(out: bytes, whose: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(out.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            told = line[:80].decode(errors="replace")
            raise SourceError(f"{whose}: line {number} is no JSON object: {told!r}")
        yield f"{whose}, line {number}", row


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a program and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
