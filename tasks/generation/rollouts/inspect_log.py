"""Logs of inspect_ai: `.json` (one object with its samples) and `.eval` (a zip of them).

{"samples": [{"id": "a", "epoch": 1, "input": "2+2?", "scores": {"match": {"value": "C"}},
              "output": {"model": "...", "choices": [{"message": ..., "stop_reason": "stop"}]}}]}
"""

import io
import json
import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import fsspec
import zstandard

from schemas.errors import SourceError
from tasks.sources.limits import CELL_BYTES
from tasks.sources.rows import BadRow, Row

ZSTD = 93
"""The number of zstd among the ways to compress of a zip, which Python has from 3.14 on."""
HEADER = struct.Struct("<26xHH")
"""What stands before a file in a zip: the lengths of its name and of what else is said of it."""
CUT = ("max_tokens", "model_length")


def items(content: dict[str, Any]) -> list[Any]:
    """The samples of a log; a sample of its own is one."""
    return list(content.get("samples", [content]))


def samples_of(files: list[str]) -> Iterator[Row]:
    """The samples of `.eval` files. Raises SourceError for a file that is none."""
    for file in files:
        try:
            with fsspec.open(file, "rb") as raw, zipfile.ZipFile(raw) as whole:
                for member in whole.infolist():
                    if member.filename.startswith("samples/"):
                        name = f"{file.rsplit('/', 1)[-1]}:{member.filename}"
                        yield Row(name, json.loads(_read(whole, raw, member)))
        except (zipfile.BadZipFile, zstandard.ZstdError, ValueError, OSError) as error:
            raise SourceError(f"{file}: cannot be read as a log of inspect_ai: {error}") from None


def _read(whole: zipfile.ZipFile, raw: Any, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > CELL_BYTES:
        raise ValueError(f"{member.filename} unfolds to {member.file_size:,} bytes")
    if member.compress_type != ZSTD:
        return whole.read(member)
    raw.seek(member.header_offset)
    name, more = HEADER.unpack(raw.read(HEADER.size))
    raw.seek(member.header_offset + HEADER.size + name + more)
    packed = raw.read(member.compress_size)
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)) as unfolded:
        whole_text = unfolded.read(CELL_BYTES + 1)  # whatever size the zip claims
    if len(whole_text) > CELL_BYTES:
        raise ValueError(f"{member.filename} unfolds to more than {CELL_BYTES:,} bytes")
    return whole_text


def rows(sample: dict[str, Any], asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The traces of a sample. Raises BadRow where it failed, or is no single answer."""
    output = sample["output"]
    if sample.get("error") or not output["choices"]:
        raise BadRow("malformed", f"sample `{sample['id']}` failed: {sample.get('error')!r:.200}")
    turns = [message for message in sample.get("messages", []) if message["role"] == "assistant"]
    if len(turns) > 1 or any(message.get("tool_calls") for message in turns):
        raise BadRow("wrong_type", f"sample `{sample['id']}` has {len(turns)} turns of the model")
    usage = output.get("usage") or {}
    if len(output["choices"]) > 1:
        usage = {"input_tokens": usage.get("input_tokens")}  # the others are of all choices
    for choice in output["choices"]:
        stop = choice.get("stop_reason")
        yield {
            "problem": sample["input"],
            "trace": [choice["message"]],
            "teacher": output.get("model"),
            "sample": sample["epoch"] - 1 if len(output["choices"]) == 1 else None,
            "finish_reason": "length" if stop in CUT else stop,
            "prompt_tokens": usage.get("input_tokens"),
            "completion_tokens": usage.get("output_tokens"),
            "reasoning_tokens": usage.get("reasoning_tokens"),
            "label": _label(sample.get("scores") or {}),
        }


def _label(scores: Mapping[str, Any]) -> bool | None:
    """What the only score says; None where there are none, or several."""
    values = [score["value"] for score in scores.values()]
    if len(values) != 1 or not isinstance(values[0], str | int | float):
        return None  # parts of a score, or partial credit, say neither
    return {"C": True, "I": False, 1: True, 0: False}.get(values[0])
