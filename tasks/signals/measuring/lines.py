"""Lines that a text had before, in one compiled pass over its bytes."""

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from tasks.dedupe.shingles import buffers

OFFSET, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
SHIFT = np.uint64(29)

NEITHER, BLANK, BREAK = 0, 1, 2
KINDS = np.array(
    [
        BREAK if len(f"a{one}b".splitlines()) > 1 else BLANK if one.isspace() else NEITHER
        for one in map(chr, range(0x3001))  # U+3000 is the last blank of Unicode
    ],
    np.uint8,
)
"""Whether a character ends a line, or is stripped from its ends, as `str` does both."""


def repeated(texts: pl.Series) -> pl.Series:
    """Share of each text's characters that stand in lines seen before, 0 to 1.

    Blanks at the ends of lines, and blank lines, do not count; null where nothing else stands.
    """
    found = np.zeros((len(texts), 2), np.int64)
    _all(*buffers(texts), found)
    total, again = pl.col("total"), pl.col("again")
    frame = pl.DataFrame(found, schema=["total", "again"])
    return frame.select(pl.when(total > 0).then(again / total)).to_series()


@njit(cache=True, nogil=True)
def _all(data: NDArray[np.uint8], offsets: NDArray[np.int64], found: NDArray[np.int64]) -> None:
    for n in range(len(found)):
        found[n, 0], found[n, 1] = _counted(data[offsets[n] : offsets[n + 1]])


@njit(cache=True, nogil=True)
def _counted(text: NDArray[np.uint8]) -> tuple[int, int]:
    """Characters in lines, and in those that stood before; a line is its 64-bit hash."""
    size, held = 64, 0
    seen = np.zeros(size, np.uint64)
    total = again = at = 0
    while at < len(text):
        start, stop, length, at = _line(text, at)
        if length == 0:
            continue
        total += length
        if 2 * held >= size:
            size *= 2
            wider = np.zeros(size, np.uint64)
            for key in seen:
                if key:
                    wider[_slot(wider, key)] = key
            seen = wider
        key = _hash(text, start, stop)
        slot = _slot(seen, key)
        if seen[slot] == key:
            again += length
        else:
            seen[slot] = key
            held += 1
    return total, again


@njit(cache=True, nogil=True)
def _line(text: NDArray[np.uint8], at: int) -> tuple[int, int, int, int]:
    """The line that begins at a byte, without the blanks at its ends: where it starts and stops,
    its characters, and where the next line begins.
    """
    start = stop = at
    length = stripped = 0  # characters from start on, and those up to stop
    while at < len(text):
        begun = at
        while at < len(text) and 32 <= text[at] < 0x80:  # nearly all: no look-up
            at += 1
        last = at
        while last > begun and text[last - 1] == 32:
            last -= 1
        if last > begun:
            if length == 0:
                while text[begun] == 32:
                    begun += 1
                start = begun
            stop, stripped = last, length + last - begun
        if last > begun or length:
            length += at - begun
        if at == len(text):
            break
        code, width = _character(text, at)
        kind = KINDS[code] if code < len(KINDS) else NEITHER
        at += width
        if kind == BREAK:
            break
        if length == 0:
            if kind == BLANK:
                continue
            start = at - width
        length += 1
        if kind == NEITHER:
            stop, stripped = at, length
    return start, stop, stripped, at


@njit(cache=True, nogil=True)
def _character(text: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The character that begins at a byte, and its bytes."""
    code, width = np.int64(text[at]), 1
    if code >= 0xC0:
        width = 2 if code < 0xE0 else 3 if code < 0xF0 else 4
        code &= 0x7F >> width
        for k in range(1, min(width, len(text) - at)):
            code = (code << 6) | (np.int64(text[at + k]) & 0x3F)
    return int(code), width


@njit(cache=True, nogil=True)
def _hash(text: NDArray[np.uint8], start: int, stop: int) -> np.uint64:
    """Of the bytes between two places, eight at a time; never 0."""
    value = OFFSET ^ np.uint64(stop - start)
    last = np.uint64(0)  # the last eight bytes
    for at in range(start, stop):
        last = (last << np.uint64(8)) | np.uint64(text[at])
        if (at - start) & 7 == 7:
            value = (value ^ last) * PRIME
            value ^= value >> SHIFT
    value = (value ^ last) * PRIME
    return (value ^ (value >> SHIFT)) | np.uint64(1)


@njit(cache=True, nogil=True)
def _slot(seen: NDArray[np.uint64], key: np.uint64) -> np.int64:
    """Where a key stands in a table, or belongs."""
    slot = np.int64((key * PRIME) >> np.uint64(20)) & (len(seen) - 1)
    while seen[slot] != 0 and seen[slot] != key:
        slot = (slot + 1) & (len(seen) - 1)
    return slot
