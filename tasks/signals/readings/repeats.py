"""Where a thought repeats itself: one compiled pass over its words, linear in its length.

A word is a run of characters between blanks, at most 16 bytes of it (a run of zeros is many words),
and every character beyond ASCII is one. Stretches of 10 and of 20 words in a row are hashed.

A loop is a stretch in which nearly all of these stand earlier in the text, and which is at least
twice as long as the way back to where they do: what is said once, and then twice again without a
pause, goes round in a circle. A list that is copied once does not.
"""

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from schemas.parts.signal import reading
from tasks.dedupe.shingles import buffers

SHORT, LONG = 10, 20
"""Words in a row: Gopher's duplicate 10-grams (arXiv 2112.11446, A1.1), AM's rule (2505.14464)."""

LEAST = 100
"""Words that a loop repeats at least; fewer are a turn of phrase."""

RUN = 10
"""Stretches one behind the other that stand the same way back: with SHORT, 20 words copied."""

MISS = 1
"""What a word that is new costs a stretch of repeated ones: a loop may count its rounds."""

WIDEST = 16  # bytes of a word

BASE = np.uint64(0x9E3779B97F4A7C15)
OFFSET, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
SHIFT = np.uint64(29)

FIELDS = ("words", "most", "again", "onset", "circle")


@reading(reads=("thought",))
def repeats(traces: pl.DataFrame) -> pl.Series:
    """A struct of counts for each thought.

    words: words; most: how often its most frequent 20 words in a row stand in it (0: too short);
    again: words that begin 10 words in a row which stand earlier in it; onset: the character at
    which the loop begins to repeat, -1 where there is none; circle: characters of the loop
    """
    found = np.zeros((len(traces), len(FIELDS)), np.int64)
    _all(*buffers(traces["thought"]), found)
    return pl.DataFrame(found, schema=list(FIELDS)).select(pl.struct(FIELDS)).to_series()


@njit(cache=True, nogil=True)
def _all(data: NDArray[np.uint8], offsets: NDArray[np.int64], found: NDArray[np.int64]) -> None:
    longest = 0
    for n in range(len(found)):
        longest = max(longest, offsets[n + 1] - offsets[n])
    every, begun = np.empty(longest, np.uint64), np.empty(longest, np.int64)
    for n in range(len(found)):
        text = data[offsets[n] : offsets[n + 1]]
        count = _words(text, every, begun)
        hashes, starts = every[:count], begun[:count]
        found[n, 0] = len(hashes)
        found[n, 3] = -1
        if len(hashes) > SHORT:
            back, _ = _backward(hashes, SHORT)
            again = 0
            for way in back:  # np.count_nonzero takes a second to compile
                again += way > 0
            found[n, 2] = again
            start, stop = _loop(back)
            if stop > start:
                end = len(text) if stop + SHORT >= len(starts) else starts[stop + SHORT]
                found[n, 3] = _characters(text, 0, starts[start])
                found[n, 4] = _characters(text, starts[start], end)
        if len(hashes) >= LONG:
            found[n, 1] = 1
            if found[n, 2] > LONG - SHORT:
                _, found[n, 1] = _backward(hashes, LONG)


@njit(cache=True, nogil=True)
def _words(text: NDArray[np.uint8], hashes: NDArray[np.uint64], starts: NDArray[np.int64]) -> int:
    """How many words there are; fills in the hash of each, and the byte at which it begins."""
    count, at = 0, 0
    while at < len(text):
        if text[at] <= 32:
            at += 1
            continue
        start, value = at, OFFSET ^ np.uint64(text[at])
        least = 33 if text[at] < 0x80 else 0x80
        stop = min(at + WIDEST, len(text))
        at += 1
        while at < stop and least <= text[at] < 0xC0:
            value = value * PRIME ^ np.uint64(text[at])
            at += 1
        value *= PRIME
        hashes[count], starts[count] = value ^ (value >> SHIFT), start
        count += 1
    return count


@njit(cache=True, nogil=True)
def _backward(hashes: NDArray[np.uint64], n: int) -> tuple[NDArray[np.int64], int]:
    """How many words back each n words in a row stood before, 0 where they did not; and how often
    the most frequent ones stand in the text.
    """
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    # The table, in which every look-up goes astray, holds places; the rest is read in order.
    last = np.full(size, -1, np.int32)
    back = np.zeros(len(hashes) - n + 1, np.int64)
    keys = np.empty(len(back), np.uint64)
    times = np.ones(len(back), np.int32)
    power = np.uint64(1)
    for _ in range(n - 1):
        power *= BASE
    value, most = np.uint64(0), 0
    for i in range(len(hashes)):
        value = value * BASE + hashes[i]
        at = i - n + 1
        if at < 0:
            continue
        key = value ^ (value >> SHIFT) | np.uint64(1)
        slot = np.int64((key * PRIME) >> np.uint64(20)) & (size - 1)
        before = last[slot]
        while before >= 0 and keys[before] != key:
            slot = (slot + 1) & (size - 1)
            before = last[slot]
        if before >= 0:
            back[at] = at - before
            times[at] = times[before] + 1
        keys[at], last[slot] = key, at
        most = max(most, times[at])
        value -= hashes[at] * power
    return back, most


@njit(cache=True, nogil=True)
def _runs(back: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each stretch belongs to a longer one that stands before as it does here."""
    found = np.zeros(len(back), np.bool_)
    begun = 0
    for i in range(len(back) + 1):
        if i == len(back) or back[i] != back[begun]:
            if i > begun and back[begun] and i - begun >= RUN:
                found[begun:i] = True
            begun = i
    return found


@njit(cache=True, nogil=True)
def _loop(back: NDArray[np.int64]) -> tuple[int, int]:
    """The stretch of words that goes round in a circle; both ends equal where none does."""
    best = start = stop = begun = score = 0
    runs = _runs(back)
    for i in range(len(back)):
        score += 1 if runs[i] else -MISS
        if score <= 0:
            score, begun = 0, i + 1
        elif score > best:
            best, start, stop = score, begun, i + 1
    way = repeated = 0
    for i in range(start, stop):
        if back[i]:
            way += back[i]
            repeated += 1
    if stop - start < LEAST or (stop - start) * repeated < 2 * way:
        return 0, 0
    return start, stop


@njit(cache=True, nogil=True)
def _characters(text: NDArray[np.uint8], start: int, stop: int) -> int:
    count = 0
    for at in range(start, stop):
        count += (text[at] & 0xC0) != 0x80
    return count
