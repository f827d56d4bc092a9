"""Reading rows of any source as a stream: Parquet, JSONL, CSV (plain, gz, zst) and datasets.

A row is a dictionary, or a `Broken` where a line cannot be read: a bad line is data, set aside with
its place and reason by the caller. A file that cannot be read at all is a SourceError.
"""

import csv
import glob
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from schemas.errors import SourceError
from schemas.identity import digest

ENDINGS = (".parquet", ".arrow", ".jsonl", ".ndjson", ".csv")
COMPRESSIONS = (".zst", ".gz")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read, with the reason and what stands there."""

    reason: str
    detail: str


class Row(NamedTuple):
    """A row and where it stands: `file.jsonl:17` (1-based line or row)."""

    place: str
    content: dict[str, Any] | Broken


def source_files(path: str, base: Path) -> list[str]:
    """The files that a recipe's `path` means, sorted: a file, a folder (all within) or a glob."""
    whole = path if "://" in path else str((base / Path(path).expanduser()).resolve())
    if "://" in whole:
        fs, root = fsspec.core.url_to_fs(whole)
        found = [fs.unstrip_protocol(p) for p in (fs.find(root) if fs.isdir(root) else [root])]
    elif Path(whole).is_dir():
        found = [str(p) for p in Path(whole).rglob("*") if p.is_file()]
    elif Path(whole).exists():
        found = [whole]
    else:
        found = glob.glob(whole, recursive=True)
        if not found:
            raise SourceError(
                f"{path}: nothing there (looked for {whole}; a recipe's paths are relative to the "
                "recipe's folder)"
            )
    known = sorted(p for p in found if _ending(p))
    if not known:
        raise SourceError(
            f"{path}: no file of a known format ({', '.join(ENDINGS)}; also with .zst or .gz)"
        )
    return known


def fingerprint(files: list[str]) -> str:
    """Name, size and time of the files: as long as it stays, they need not be read again."""
    facts = []
    for file in files:
        fs, path = fsspec.core.url_to_fs(file)
        info = fs.info(path)
        stamp = info.get("ETag") or info.get("mtime") or info.get("LastModified")
        facts.append([os.path.basename(file), info["size"], str(stamp)])
    return digest("files", facts)


def read_files(files: list[str]) -> Iterator[Row]:
    """Every row of the files, in order. Raises SourceError naming a file that cannot be read."""
    for file in files:
        name = os.path.basename(file)
        zst = file.endswith(".zst")
        try:
            with fsspec.open(file, "rb", compression=None if zst else "infer") as raw:
                stream = _Zst(raw) if zst else raw
                match _ending(file):
                    case ".parquet":
                        yield from _parquet(stream, name)
                    case ".arrow":
                        yield from _arrow(stream, name)
                    case ".csv":
                        yield from _csv(io.BufferedReader(stream, 2**20), name)
                    case _:  # decompressors read, but do not split lines
                        yield from _jsonl(io.BufferedReader(stream, 2**20), name)
        except SourceError:
            raise
        except Exception as error:  # codecs raise their own kinds: zstd, zlib, Arrow, OS
            raise SourceError(
                f"{file}: cannot be read ({type(error).__name__}: {error}); is it truncated?"
            ) from error


class _Zst(io.RawIOBase):
    """A zstd file, frame after frame. The codec's own reader takes a cut file for a whole one."""

    def __init__(self, source: Any) -> None:
        self.source, self.left = source, b""
        self.codec: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.left:
            data = self.source.read(2**14)  # small, because it may unfold a thousandfold
            if not data:
                if self.codec and not self.codec.eof:
                    raise EOFError("the file ends within a zstd frame")
                return 0
            while data:
                if self.codec is None or self.codec.eof:
                    self.codec = zstandard.ZstdDecompressor().decompressobj()
                self.left += self.codec.decompress(data)
                data = self.codec.unused_data if self.codec.eof else b""
        part, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _ending(path: str) -> str | None:
    stem, end = os.path.splitext(path)
    if end in COMPRESSIONS:
        end = os.path.splitext(stem)[1]
    return end if end in ENDINGS else None


def _parquet(stream: Any, name: str) -> Iterator[Row]:
    # Small batches and a small buffer: a row group may be as large as the file.
    file = pq.ParquetFile(stream, buffer_size=2**20, pre_buffer=False)
    number = 0
    for batch in file.iter_batches(batch_size=256, use_threads=False):
        for content in _pylist(batch):
            number += 1
            yield Row(f"{name}:{number}", content)


def _arrow(stream: Any, name: str) -> Iterator[Row]:
    """Arrow as `datasets.save_to_disk` writes it (a stream), or as a file."""
    number = 0
    try:
        batches: Any = pa.ipc.open_stream(stream)
    except pa.ArrowInvalid:
        stream.seek(0)
        file = pa.ipc.open_file(stream)
        batches = (file.get_batch(index) for index in range(file.num_record_batches))
    for batch in batches:
        for content in _pylist(batch):
            number += 1
            yield Row(f"{name}:{number}", content)


def _pylist(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | Broken]:
    try:
        yield from batch.to_pylist()
    except UnicodeDecodeError:  # one bad cell must not take its neighbours along
        for index in range(batch.num_rows):
            try:
                yield batch.slice(index, 1).to_pylist()[0]
            except UnicodeDecodeError as error:
                yield Broken("invalid_utf8", str(error))


def _jsonl(stream: Any, name: str) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            content = json.loads(line)
        except UnicodeDecodeError as error:
            yield Row(place, Broken("invalid_utf8", f"{error}"))
        except (ValueError, RecursionError) as error:  # brackets a thousand deep are no JSON either
            shown = line[:200].decode("utf-8", "replace")
            yield Row(place, Broken("malformed", f"not JSON: {error}; the line begins {shown!r}"))
        else:
            if isinstance(content, dict):
                yield Row(place, content)
            else:
                yield Row(place, Broken("malformed", f"not an object: {line[:200]!r}"))


def _csv(stream: Any, name: str) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    for number, content in enumerate(csv.DictReader(text), 2):  # line 1 is the header
        place = f"{name}:{number}"
        if None in content or None in content.values():
            yield Row(place, Broken("malformed", "another number of cells than the header has"))
        else:
            yield Row(place, {k: v if v != "" else None for k, v in content.items()})
