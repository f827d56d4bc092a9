"""Texts in, shingles out: as sets, and as MinHash signatures that datasketch reads.

A shingle is n tokens in a row (or n characters of the tokens, a blank between them). Its hash has
64 bits; sets hold these whole, so that a Jaccard similarity computed from them is exact but for
collisions (one pair in 10^19). The element that MinHash permutes is the upper half.

datasketch owns the scheme: its permutations (seed 1), its finaliser, its byte order. So

    LeanMinHash(seed=1, hashvalues=signature, scheme="affine32")

is what `MinHash(128, hashfunc=int)` would have come to over the same elements, bit for bit.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.dedupe import minhash
from tasks.dedupe.options import Shingling
from tasks.dedupe.tokenizer import mixed

PERMUTATIONS, SEED, SCHEME = 128, 1, "affine32"
"""What datasketch calls num_perm, seed and scheme; 128 is its default."""

COMBINING = r"[\p{M}\u1100-\u11ff]"


class Signatures(NamedTuple):
    """One row per text; the signature of a text without tokens (or null) is all 2^32 - 1.

    rows: uint32 (texts, 128)
    sequence: uint64, hash of the tokens in order; 0: there are none
    numbers: uint64, hash of the numbers in digits, in order
    numerals, signs: uint64, how many number words and operators (upper byte) and which: words in
        order, operators in any order
    """

    rows: NDArray[np.uint32]
    sequence: NDArray[np.uint64]
    numbers: NDArray[np.uint64]
    numerals: NDArray[np.uint64]
    signs: NDArray[np.uint64]


class Tokens(NamedTuple):
    """The tokens of one text: hash, kind (see `tokenizer.py`), and bytes of the text in NFC."""

    hashes: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]


def signatures(texts: pl.Series, how: Shingling) -> Signatures:
    """MinHash signatures of texts, with hashes of their tokens, number words and operators."""
    data, offsets = buffers(composed(texts))
    rows = np.full((len(texts), PERMUTATIONS), 2**32 - 1, np.uint32)
    sums = np.zeros((len(texts), 6), np.uint64)
    minhash.sign(data, offsets, how.n, how.unit == "char", how.masked, *permutations(), rows, sums)
    sequence, numbers, numerals, worded, signs, signed = sums.T
    return Signatures(
        rows, sequence.copy(), numbers.copy(), tagged(worded, numerals), tagged(signed, signs)
    )


def tagged(tags: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A tag of 0 to 255 in the upper byte (more count as 255), 56 bits of a hash below it.

    Two of them contradict each other where the tags are equal and the rest is not: as many number
    words, but others; an answer both, but not the same.
    """
    upper = np.minimum(tags, np.uint64(255)) << np.uint64(56)
    with np.errstate(over="ignore"):
        return upper | (mixed.py_func(hashes) >> np.uint64(8))


def shingles(texts: pl.Series, how: Shingling) -> Iterator[NDArray[np.uint64]]:
    """The set of shingles of each text: sorted, distinct hashes."""
    data, offsets = buffers(composed(texts))
    for begin, end in pairwise(offsets):
        out = np.empty(end - begin + 1 + minhash.BLOCK, np.uint64)  # no more tokens than bytes
        chars = how.unit == "char"
        size = minhash.collect(data, begin, end, how.n, chars, how.masked, out)
        yield np.unique(out[:size])


def tokens(text: str) -> Tokens:
    """The tokens of one text: hash, kind, and where each begins and ends."""
    data, offsets = buffers(composed(pl.Series([text], dtype=pl.String)))
    out, spans = np.empty((len(data), 2), np.uint64), np.empty((len(data), 2), np.int64)
    size = minhash.read(data, 0, offsets[1], out, spans)
    kinds = out[:size, 1].astype(np.uint8)
    return Tokens(out[:size, 0].copy(), kinds, spans[:size, 0].copy(), spans[:size, 1].copy())


def jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Exact Jaccard similarity of two sets of shingles; 0 where either is empty."""
    shared = int(minhash.common(one, other))
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def composed(texts: pl.Series) -> pl.Series:
    """The texts in NFC; only those with a combining mark can change."""
    marked = (texts.str.len_bytes() != texts.str.len_chars()).fill_null(value=False)
    places = marked.arg_true()
    places = places.filter(texts.gather(places).str.contains(COMBINING))
    return (
        texts.scatter(places, texts.gather(places).str.normalize("NFC")) if len(places) else texts
    )


def buffers(texts: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of all texts, and where each begins and the last ends. A null has none.

    Both are read-only, always: of arrays that can be written numba compiles everything once more.
    """
    array: Any = texts.fill_null("").to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    at = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    held = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    ends = at if len(at) else np.zeros(1, np.int64)
    held.flags.writeable = ends.flags.writeable = False
    return held, ends


@cache
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """datasketch's multipliers and addends."""
    from datasketch import MinHash

    a, b = MinHash(PERMUTATIONS, seed=SEED, scheme=SCHEME).permutations
    return a, b
