"""The real data that `LONGCOT_REAL_DATA` names: files of JSON lines, compressed by zstd."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, one by one."""
    with file.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, "utf-8"):
            yield json.loads(line)
