"""Reading rows of any source as a stream: Parquet, Arrow, JSON, CSV, plain or compressed.

A row is a dictionary, or a `Broken` where a line cannot be read: a bad line is data, set aside with
its place and reason by the caller. A file that cannot be read at all is a SourceError.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import SourceError
from tasks.sources.files import ending
from tasks.sources.formats.csv_rows import csv_rows
from tasks.sources.formats.json_rows import json_rows
from tasks.sources.limits import BOMB_BYTES, BOMB_RATIO, CELL_BYTES, refuse_bomb
from tasks.sources.rows import Broken, Row
from tasks.sources.unpack import in_utf8, is_compressed, unpacked

PARQUET, ARROW = b"PAR1", b"ARROW1"
STREAM_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""How every stream of Arrow ends; one that was cut between two batches does not."""

BATCH_ROWS, BATCH_BYTES = 256, 32 * 2**20


def read_files(files: list[str]) -> Iterator[Row]:
    """Every row of the files, in order. Raises SourceError naming a file that cannot be read."""
    for file in files:
        try:
            with fsspec.open(file, "rb") as raw:
                yield from _rows(raw, file)
        except SourceError as error:
            raise SourceError(f"{file}: cannot be read: {error}") from None
        except Exception as error:  # codecs raise their own kinds: zstd, zlib, Arrow, OS
            raise SourceError(
                f"{file}: cannot be read ({type(error).__name__}: {error}); is it truncated?"
            ) from error


def _rows(raw: Any, file: str) -> Iterator[Row]:
    name, kind = os.path.basename(file), ending(file)
    start = raw.read(8)
    raw.seek(0)
    if is_compressed(start) or file.lower().endswith((".gz", ".zst")):
        stream = unpacked(raw, file)
        start = stream.peek(8)[:8]
        if not _is_table(start, kind):
            yield from _text(in_utf8(stream), name, kind)
            return
        with tempfile.TemporaryFile() as whole:  # their readers jump about in the file
            shutil.copyfileobj(stream, whole)
            whole.seek(0)
            yield from _table(whole, start, name)
    elif _is_table(start, kind):
        yield from _table(raw, start, name)
    else:
        yield from _text(in_utf8(unpacked(raw, file)), name, kind)


def _is_table(start: bytes, kind: str | None) -> bool:
    told = start.startswith((PARQUET, ARROW))
    return told or (kind == ".arrow" and bool(start)) or (kind == ".parquet" and start[:2] != b"ve")


def _text(stream: Any, name: str, kind: str | None) -> Iterator[Row]:
    if kind == ".parquet":
        raise SourceError("it is no Parquet")
    if kind in (".csv", ".tsv"):
        return csv_rows(stream, name, "\t" if kind == ".tsv" else ",")
    return json_rows(stream, name)


def _table(stream: Any, start: bytes, name: str) -> Iterator[Row]:
    arrow = start.startswith(ARROW) or (not start.startswith(PARQUET) and name.endswith(".arrow"))
    packed = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    number = unfolded = 0
    for batch in _arrow(stream) if arrow else _parquet(stream):
        unfolded += batch.get_total_buffer_size() if arrow else batch.nbytes
        refuse_bomb(packed, unfolded)
        for content in _pylist(batch):
            number += 1
            yield Row(f"{name}:{number}", content)


def _parquet(stream: Any) -> Iterator[pa.RecordBatch]:
    # Small batches and a small buffer: a row group may be as large as the file.
    file = pq.ParquetFile(stream, buffer_size=2**20, pre_buffer=False)
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        for index in range(group.num_columns):
            chunk = group.column(index)
            large = chunk.total_uncompressed_size
            if large > BOMB_BYTES and large > BOMB_RATIO * chunk.total_compressed_size:
                refuse_bomb(chunk.total_compressed_size, large)
        size = BATCH_ROWS
        if group.total_byte_size > BATCH_BYTES // BATCH_ROWS:
            # One cell may stand in a dictionary once and in a million rows: look at one first.
            first = next(file.iter_batches(batch_size=1, row_groups=[number], use_threads=False))
            size = min(max(1, BATCH_BYTES // max(first.nbytes, 1)), BATCH_ROWS)
        yield from file.iter_batches(batch_size=size, row_groups=[number], use_threads=False)


def _arrow(stream: Any) -> Iterator[pa.RecordBatch]:
    """Arrow as `datasets.save_to_disk` writes it (a stream), or as a file."""
    try:
        batches = pa.ipc.open_stream(stream)
    except pa.ArrowInvalid:
        stream.seek(0)
        file = pa.ipc.open_file(stream)
        for index in range(file.num_record_batches):
            yield from _sliced(file.get_batch(index))
        return
    for batch in batches:
        yield from _sliced(batch)
    stream.seek(-len(STREAM_END), os.SEEK_END)
    if stream.read() != STREAM_END:
        raise EOFError("the stream ends between two batches, without its mark of the end")


def _sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, BATCH_ROWS):
        yield batch.slice(start, BATCH_ROWS)


def _pylist(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | Broken]:
    twice = {n for n in batch.schema.names if batch.schema.names.count(n) > 1}
    if twice:
        raise SourceError(f"it has the column `{min(twice)}` twice")
    try:
        rows: list[Any] = batch.to_pylist()
    except (UnicodeDecodeError, ValueError, OverflowError, pa.ArrowException):
        rows = [_one(batch.slice(index, 1)) for index in range(batch.num_rows)]
    for row in rows:
        yield row if isinstance(row, Broken) else _short(row)


def _one(row: pa.RecordBatch) -> dict[str, Any] | Broken:
    """One bad cell must not take its neighbours along."""
    try:
        content: dict[str, Any] = row.to_pylist()[0]
    except UnicodeDecodeError as error:
        return Broken("invalid_utf8", str(error))
    except (ValueError, OverflowError, pa.ArrowException) as error:  # the year 300,000
        return Broken("wrong_type", str(error))
    return content


def _short(row: dict[str, Any]) -> dict[str, Any] | Broken:
    for column, value in row.items():
        if isinstance(value, str | bytes) and len(value) > CELL_BYTES:
            told = f"{column}: a cell of {len(value):,} characters; at most {CELL_BYTES:,}"
            return Broken("too_long", told)
    return row
