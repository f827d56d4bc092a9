"""Rows of CSV and TSV. A quote that does not close where it should costs its own line only."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import Any

from schemas.errors import SourceError
from tasks.sources.limits import CELL_BYTES, SKIPPED_BYTES
from tasks.sources.rows import Broken, Row


def csv_rows(stream: Any, name: str, delimiter: str = ",") -> Iterator[Row]:
    """Every record by the header's names; empty cells are None. Raises SourceError.

    A record that cannot be read is its first line; reading goes on with the next.
    """
    lines = _Lines(stream, name)
    header = lines.record(delimiter)
    if header is None:
        return
    if isinstance(header, Broken):
        raise SourceError(f"its header cannot be read: {header.detail}")
    twice = {column for column in header if column and header.count(column) > 1}
    if twice:
        raise SourceError(f"its header has `{min(twice)}` twice")
    while True:
        place = f"{name}:{lines.number + 1}"
        cells = lines.record(delimiter, len(header))
        if cells is None:
            return
        if isinstance(cells, Broken):
            yield Row(place, cells)
        elif cells:
            yield Row(place, {k: v or None for k, v in zip(header, cells, strict=True)})


class _Lines:
    """The lines of a text, of which some may be put back."""

    def __init__(self, stream: Any, name: str) -> None:
        # "surrogateescape": bytes that are no UTF-8 cost their row, later.
        self.text = io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline="")
        self.back: deque[str] = deque()
        self.name, self.number = name, 0
        self.taken: list[str] = []

    def record(self, delimiter: str, width: int | None = None) -> list[str] | Broken | None:
        """The next record; Broken where it has no such width or breaks the rules of quotes."""
        self.taken = []
        try:
            cells = next(csv.reader(self._feed(), delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            if len(self.taken[-1]) >= CELL_BYTES:
                return self._too_long()
            return self._give_back(f"{error}: a quote that does not close where it should")
        if cells is None or width is None or len(cells) in (0, width):
            return cells
        told = f"{len(cells)} cells where the header has {width}"
        inner = self.taken[1:]
        if any(self._is_record(line, delimiter, width) for line in inner):
            return self._give_back(f"{told}: a quote that swallows the next rows")
        return Broken("malformed", f"{told}; it begins {self.taken[0][:200]!r}")

    def _feed(self) -> Iterator[str]:
        size = 0
        while True:
            line = self.back.popleft() if self.back else self.text.readline(CELL_BYTES)
            if not line:
                return
            self.taken.append(line)
            self.number += 1
            size += len(line)
            if size > CELL_BYTES or len(line) == CELL_BYTES:
                raise csv.Error(f"more than {CELL_BYTES:,} characters")
            yield line

    def _give_back(self, why: str) -> Broken:
        first, *rest = self.taken
        self.back.extendleft(reversed(rest))
        self.number -= len(rest)
        return Broken("malformed", f"{why}; the line begins {first[:200]!r}")

    def _too_long(self) -> Broken:
        size = len(self.taken[-1])
        while (part := self.text.readline(2**20)) and not part.endswith(("\n", "\r")):
            size += len(part)
            if size > SKIPPED_BYTES:
                raise SourceError(f"line {self.number} has more than {SKIPPED_BYTES:,} characters")
        return Broken("too_long", f"a line of {size:,} characters; at most {CELL_BYTES:,}")

    @staticmethod
    def _is_record(line: str, delimiter: str, width: int) -> bool:
        try:
            return len(next(csv.reader([line], delimiter=delimiter, strict=True), [])) == width > 1
        except csv.Error:
            return False


csv.field_size_limit(CELL_BYTES)
