"""Letters by script, in one compiled pass; Greek letters and single ones are formulas."""

import unicodedata
from functools import cache

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from schemas.parts.signal import reading
from tasks.dedupe.shingles import buffers

NAMES = {
    "LATIN": "latin",
    "CJK": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "HANGUL": "hangul",
    "CYRILLIC": "cyrillic",
    "ARABIC": "arabic",
    "DEVANAGARI": "devanagari",
    "GREEK": "greek",
}
"""The first word of a letter's name in Unicode, and its script; the others are `other`."""

SCRIPTS = ("none", *dict.fromkeys(NAMES.values()), "other")
LATIN, GREEK = SCRIPTS.index("latin"), SCRIPTS.index("greek")
FIELDS = (*SCRIPTS[1:], "switches")


@reading(reads=("thought",))
def script_counts(traces: pl.DataFrame) -> pl.Series:
    """A struct with the letters of each script in a thought, and how often it goes over to another.

    Latin and Greek count for that from the third letter of a word on: x and π are of a formula.
    """
    found = np.zeros((len(traces), len(FIELDS)), np.int64)
    _all(*buffers(traces["thought"]), _table(), found)
    return pl.DataFrame(found, schema=list(FIELDS)).select(pl.struct(FIELDS)).to_series()


@cache
def _table() -> NDArray[np.uint8]:
    """The script of each character below U+10000, as its place in SCRIPTS."""
    table = np.zeros(0x10000, np.uint8)
    for code in range(0x10000):
        letter = chr(code)
        if letter.isalpha():
            first = unicodedata.name(letter, "OTHER").split()[0]
            table[code] = SCRIPTS.index(NAMES.get(first, "other"))
    for code in (0xAA, 0xBA, 0xB5):  # ª º µ
        table[code] = 0
    table[0x2100:0x2150] = 0  # ℝ, ℕ, ℓ: letters of formulas
    table[0x1D00:0x1DC0] = 0  # letters in small and high: ᵢ
    return table


@njit(cache=True, nogil=True)
def _all(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    table: NDArray[np.uint8],
    found: NDArray[np.int64],
) -> None:
    for n in range(len(found)):
        at, end = offsets[n], offsets[n + 1]
        before = run = latin = 0
        while at < end:
            byte = np.int64(data[at])
            if byte < 0x80:  # nearly all: counted without a look-up, and without a branch
                letter = int(((byte | 32) - 97) & 0xFF < 26)
                at += 1
                latin += letter
                run = (run + 1) & -letter
                if (run >= 3) & (before != LATIN):
                    if before:
                        found[n, len(FIELDS) - 1] += 1
                    before = LATIN
                continue
            size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            code = byte & (0x7F >> size)
            for k in range(1, min(size, end - at)):
                code = (code << 6) | (np.int64(data[at + k]) & 0x3F)
            at += size
            script = int(table[code]) if code < 0x10000 else 0
            if script == 0:
                run = 0
                continue
            run += 1
            found[n, script - 1] += 1
            if script in (GREEK, LATIN) and run < 3:
                continue
            if before and before != script and not _together(before, script):
                found[n, len(FIELDS) - 1] += 1
            before = script
        found[n, LATIN - 1] += latin


@njit(cache=True, nogil=True)
def _together(one: int, other: int) -> bool:
    """Whether two scripts are written in one language: Han and kana in Japanese."""
    return one in (2, 3) and other in (2, 3)
