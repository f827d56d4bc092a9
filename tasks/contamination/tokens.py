"""Tokens of texts as arrays, for comparing a text with benchmark items.

The tokeniser is tasks/dedupe/tokenizer.py. Two things are added: small numbers that are spelt out
are the number (`two` is 2), other numerals (`one`, `half`) are words; brackets are left out,
because the same formula is often bracketed in another way.
"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.dedupe.shingles import buffers, composed
from tasks.dedupe.tokenizer import END, NUMBER, compiled, hash_of, scan

ANY_NUMBER = np.uint64(0x9E3779B97F4A7C15)
"""The hash of every number where numbers are masked."""

WORDS = "two three four five six seven eight nine ten eleven twelve".split()
SPELT = np.array([[hash_of(word), hash_of(str(n))] for n, word in enumerate(WORDS, 2)], np.uint64)
BRACKETS = np.isin(np.arange(256), np.frombuffer(b"()[]{}&_^", np.uint8))
"""Bytes that are no token: brackets, and what LaTeX lifts or lowers by."""


class Tokens(NamedTuple):
    """Tokens of several texts: text i owns `bounds[i]:bounds[i + 1]`.

    `words` are hashes, `number` tells numbers, `start` and `stop` are bytes of the text in NFC.
    """

    words: NDArray[np.uint64]
    number: NDArray[np.bool_]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    bounds: NDArray[np.int64]

    @property
    def masked(self) -> NDArray[np.uint64]:
        """The hashes, with every number as the same one."""
        return np.where(self.number, ANY_NUMBER, self.words)

    @property
    def ranked(self) -> "Ranked":
        """Each text's words that are no numbers, ascending, then its numbers, ascending."""
        owners = np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))
        order = np.lexsort((self.words, self.number, owners))
        numbers = np.bincount(owners[self.number], minlength=len(self.bounds) - 1)
        return Ranked(self.words[order], self.bounds, self.bounds[1:] - numbers)


class Ranked(NamedTuple):
    """Tokens of several texts in order: text i owns `words[bounds[i]:numbers[i]]`, hashes of words,
    and `words[numbers[i]:bounds[i + 1]]`, of numbers.
    """

    words: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    numbers: NDArray[np.int64]


class Spelt(NamedTuple):
    """Tokens spelt out again, a blank after each, numbers as `#`, A to Z in lower case.

    Token t of all stands at `data[at[t]:at[t + 1]]` (UTF-8).
    """

    data: bytes
    at: NDArray[np.int64]


def spell(texts: pl.Series, tokens: Tokens) -> Spelt:
    """The tokens of the texts that they were read from."""
    data, offsets = buffers(composed(texts))
    sizes = np.where(tokens.number, 1, tokens.stop - tokens.start) + 1
    at = np.concatenate([[0], np.cumsum(sizes)])
    out = np.empty(at[-1], np.uint8)
    _spell(data, offsets, tokens.bounds, tokens.number, tokens.start, tokens.stop, out)
    return Spelt(out.tobytes(), at)


@compiled
def _spell(
    data: Any, offsets: Any, bounds: Any, number: Any, start: Any, stop: Any, out: Any
) -> None:
    spot = 0
    for text in range(len(bounds) - 1):
        for one in range(bounds[text], bounds[text + 1]):
            if number[one]:
                out[spot] = 35
                spot += 1
            else:
                for byte in data[offsets[text] + start[one] : offsets[text] + stop[one]]:
                    out[spot] = byte | 32 if 65 <= byte <= 90 else byte
                    spot += 1
            out[spot] = 32
            spot += 1


def tokenise(texts: pl.Series) -> Tokens:
    """The tokens of texts (null counts as empty)."""
    data, offsets = buffers(composed(texts))
    bounds = np.zeros(len(texts) + 1, np.int64)
    nothing: NDArray[Any] = np.empty(0, np.int64)
    _read(
        data, offsets, bounds, nothing.view(np.uint64), nothing.astype(np.bool_), nothing, nothing
    )
    total = int(bounds[-1])
    words, number = np.empty(total, np.uint64), np.empty(total, np.bool_)
    start, stop = np.empty(total, np.int64), np.empty(total, np.int64)
    _read(data, offsets, bounds, words, number, start, stop)
    return Tokens(words, number, start, stop, bounds)


@compiled
def token(data: Any, at: int, begin: int, end: int) -> Any:
    """The next token from byte `at`: start, stop, hash, is a number; start = end: there is none."""
    while True:
        start, stop, value, kind = scan(data, at, begin, end)
        if kind == END:
            return end, end, value, False
        if kind == NUMBER and data[start] < 0x80 and data[start] > 57:
            for spelt in range(len(SPELT)):
                if SPELT[spelt, 0] == value:
                    return start, stop, SPELT[spelt, 1], True
            return start, stop, value, False
        if stop == start + 1 and BRACKETS[data[start]]:
            at = stop
            continue
        return start, stop, value, kind == NUMBER


@compiled
def _read(
    data: Any, offsets: Any, bounds: Any, words: Any, number: Any, start: Any, stop: Any
) -> None:
    """Fill the arrays; where they are empty only count, into `bounds`."""
    spot = 0
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        at = begin
        while True:
            first, at, value, numeric = token(data, at, begin, end)
            if first >= end:
                break
            if len(words):
                words[spot], number[spot] = value, numeric
                start[spot], stop[spot] = first - begin, at - begin
            spot += 1
        bounds[text + 1] = spot
