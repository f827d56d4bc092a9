"""Loops and repetition, in C-speed passes over the text: linear in its length, any length."""

import zstandard

TAIL = 64
SAMPLE = 2**20
"""Texts beyond a megabyte are judged by their first and last halves of it: a loop shows there."""


def compression(text: str) -> float | None:
    """Compressed over raw bytes (zstd 1). Prose has 0.35 to 0.5, a trace stuck in a loop under 0.1.

    None for an empty text.
    """
    data = _sample(text).encode()
    return len(zstandard.ZstdCompressor(level=1).compress(data)) / len(data) if data else None


def repeated_lines(text: str) -> float | None:
    """Share of the characters that stand in lines seen before (blank lines aside), 0 to 1."""
    seen: set[str] = set()
    total = again = 0
    for raw in _sample(text).splitlines():
        line = raw.strip()
        if line:
            total += len(line)
            if line in seen:
                again += len(line)
            seen.add(line)
    return again / total if total else None


def tail_repeats(text: str) -> int:
    """How often the last 64 characters stand in the text: 1, or many for a loop at the end."""
    tail = text.rstrip()[-TAIL:]
    return _sample(text).count(tail) if tail else 0


def _sample(text: str) -> str:
    return text if len(text) <= SAMPLE else text[: SAMPLE // 2] + text[-SAMPLE // 2 :]
