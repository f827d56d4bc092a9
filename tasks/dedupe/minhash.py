"""The compiled loops over tokens: shingles, sets of them, signatures.

A text is read once, front to back, through a block of 8 kB, so that signing one of 200,000 tokens
takes no more memory than one of ten. The loops release the interpreter's lock: threads run them
side by side.
"""

from typing import Any

import numpy as np

from tasks.dedupe.characters import BASIC
from tasks.dedupe.tokenizer import END, FOLDS, NUMBER, SIGN, compiled, decoded, inlined, mixed, scan

BLOCK = 1024
"""Shingles hashed before the permutations run over them (8 kB)."""

AT, SPELT, STOP, SEEN = range(4)
"""Where a text is read: the next byte, the part of a token that is spelt, its end, units seen."""

SEQUENCE, NUMBERS, NUMERALS, WORDED, SIGNS, SIGNED = range(6)
"""Sums over what was read: hashes of the tokens, numbers and numerals, each in order, and of the
operators in any order; WORDED and SIGNED count numerals and operators.
"""

ONE = np.uint64(1)
ANY_NUMBER, BLANK = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
HALF = np.uint64(32)
BASE = np.uint64(0x9FB21C651E98DF25)

# MurmurHash3's 32-bit finaliser, which datasketch's affine32 scheme applies before it permutes.
LOW1, LOW2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
S16, S13 = np.uint32(16), np.uint32(13)


@inlined
def counted(value: Any, kind: int, first: Any, sums: Any, masked: bool) -> Any:
    """Add a token (its first byte tells numerals) to the sums; its hash, or that of any number."""
    if kind == SIGN:
        sums[SIGNS] += value
        sums[SIGNED] += ONE
    elif kind == NUMBER:
        if not 97 <= first | 32 <= 122:
            sums[NUMBERS] = sums[NUMBERS] * BASE + value
        else:
            sums[NUMERALS] = sums[NUMERALS] * BASE + value
            sums[WORDED] += ONE
        if masked:
            value = ANY_NUMBER
    sums[SEQUENCE] = sums[SEQUENCE] * BASE + value
    return value


@compiled
def character(data: Any, begin: int, end: int, place: Any, sums: Any, masked: bool) -> Any:
    """(hash, whether there is one) of the next character of the tokens, one blank between them."""
    if place[SPELT] == place[STOP]:
        start, stop, value, kind = scan(data, place[AT], begin, end)
        place[AT] = stop
        if kind == END:
            return value, False
        value = counted(value, kind, np.int64(data[start]), sums, masked)
        if masked and kind == NUMBER:
            return value, True
        place[SPELT], place[STOP] = start, stop
        if place[SEEN] > 0:
            return mixed(BLANK), True
    code, place[SPELT] = decoded(data, place[SPELT], place[STOP])
    return mixed(np.uint64(FOLDS[code] if code < BASIC else code)), True


@compiled
def fill(
    data: Any,
    begin: int,
    end: int,
    place: Any,
    sums: Any,
    ring: Any,
    chars: bool,
    masked: bool,
    block: Any,
) -> int:
    """Hash the next shingles of a text into `block`; how many. Fewer than fit: the text is over.

    The hash is a polynomial in the units (Karp and Rabin), so each shingle costs the same whatever
    its length. A text of fewer units than a shingle has is one shingle of what there is.
    """
    n = len(ring) - 1
    seen, at, rolled, filled, top = place[SEEN], place[AT], ring[n], 0, np.uint64(1)
    oldest = seen % n
    for _ in range(n):
        top *= BASE
    while filled < len(block):
        if chars:
            place[SEEN] = seen
            value, more = character(data, begin, end, place, sums, masked)
            at = place[AT]
        else:
            start, at, value, kind = scan(data, at, begin, end)
            more = kind != END
            if more:
                value = counted(value, kind, np.int64(data[start]), sums, masked)
        if not more:
            if 0 < seen < n:
                block[filled] = mixed(rolled)
                filled += 1
                seen = n
            break
        seen += 1
        rolled = rolled * BASE + value
        if seen > n:
            rolled -= ring[oldest] * top
        ring[oldest] = value
        oldest = oldest + 1 if oldest + 1 < n else 0
        if seen >= n:
            block[filled] = mixed(rolled)
            filled += 1
    place[SEEN], place[AT], ring[n] = seen, at, rolled
    return filled


@compiled
def sketch(block: Any, count: int, multipliers: Any, addends: Any, elements: Any, row: Any) -> None:
    """Lower a signature by a block of shingles: datasketch's affine32 permutations."""
    for k in range(count):  # numba widens 32-bit arithmetic, so each product is cut again
        value = np.uint32(block[k] >> HALF)
        value = np.uint32((value ^ (value >> S16)) * LOW1)
        value = np.uint32((value ^ (value >> S13)) * LOW2)
        elements[k] = value ^ (value >> S16)
    for p in range(len(row)):
        a, b, least = multipliers[p], addends[p], row[p]
        for k in range(count):
            least = min(least, np.uint32(a * elements[k] + b))
        row[p] = least


@compiled
def sign(
    data: Any,
    offsets: Any,
    n: int,
    chars: bool,
    masked: bool,
    multipliers: Any,
    addends: Any,
    rows: Any,
    sums: Any,
) -> None:
    """Signatures (into `rows`, which holds the greatest values) and sums of every text."""
    block, elements = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint32)
    ring, place = np.empty(n + 1, np.uint64), np.empty(4, np.int64)
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        place[:], ring[n] = 0, 0
        place[AT] = begin
        filled = BLOCK
        while filled == BLOCK:
            filled = fill(data, begin, end, place, sums[text], ring, chars, masked, block)
            sketch(block, filled, multipliers, addends, elements, rows[text])


@compiled
def collect(data: Any, begin: int, end: int, n: int, chars: bool, masked: bool, out: Any) -> int:
    """Write the shingles of one text to `out`, as they come; how many."""
    ring, place = np.zeros(n + 1, np.uint64), np.zeros(4, np.int64)
    sums = np.zeros(6, np.uint64)
    place[AT] = begin
    found, filled = 0, BLOCK
    while filled == BLOCK:
        filled = fill(
            data, begin, end, place, sums, ring, chars, masked, out[found : found + BLOCK]
        )
        found += filled
    return found


@compiled
def read(data: Any, begin: int, end: int, out: Any, spans: Any) -> int:
    """Tokens of one text: (hash, kind) to `out`, (start, stop) from its first byte to `spans`."""
    at, found = begin, 0
    while at < end:
        start, at, value, kind = scan(data, at, begin, end)
        if kind == END:
            break
        out[found, 0], out[found, 1] = value, np.uint64(kind)
        spans[found, 0], spans[found, 1] = start - begin, at - begin
        found += 1
    return found


@compiled
def common(one: Any, other: Any) -> int:
    """How many elements two sorted, distinct arrays share."""
    i, j, shared = 0, 0, 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            shared += 1
            i += 1
            j += 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return shared
