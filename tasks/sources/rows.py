"""What readers give: rows and where they stand, or why one cannot be read."""

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read, with the reason and what stands there."""

    reason: str
    detail: str


class Row(NamedTuple):
    """A row and where it stands: `file.jsonl:17` (1-based line or row)."""

    place: str
    content: dict[str, Any] | Broken


class BadRow(Exception):
    """This row is set aside: the reason and the evidence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail
