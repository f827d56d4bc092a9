"""MinHash: items that a text resembles although it repeats no five tokens of them in a row.

Characters are shingled, not words, so that misspellings, other spacing and other markup still leave
most shingles in place. What is found is only a candidate; edit similarity decides.
"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.dedupe.lsh_bands import Bands, choose, keys
from tasks.dedupe.options import Shingling
from tasks.dedupe.shingles import PERMUTATIONS, signatures
from tasks.dedupe.tokenizer import compiled

HOW = Shingling("char", 5, masked=True)
THRESHOLD, RECALL = 0.6, 0.95
"""Jaccard similarity of shingles from which pairs are found, and how surely: every seventh word
misspelt leaves about as many shingles in place.
"""
NEAR = 0.5
"""Share of equal signature rows below which a pair leaves: two standard errors under THRESHOLD."""


class Sketches(NamedTuple):
    """Signatures of the items, and their band keys: `keys[b]` is sorted, `items[b]` whose it is."""

    bands: Bands
    rows: NDArray[np.uint32]
    keys: list[NDArray[np.uint64]]
    items: list[NDArray[np.int32]]


def sketch(items: pl.Series) -> Sketches:
    """MinHash signatures of the items, and per band their keys in order, to search in."""
    bands = choose(THRESHOLD, RECALL, PERMUTATIONS)
    rows, found = _signed(items, bands, 2**40)
    orders = [np.argsort(column, kind="stable") for column in found.T]
    sorted_keys = [column[order] for column, order in zip(found.T, orders, strict=True)]
    return Sketches(bands, rows, sorted_keys, [order.astype(np.int32) for order in orders])


def resembling(texts: pl.Series, known: Sketches) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pairs (text, item) that share a band and are near, each once, by text and then by item."""
    signed, found = _signed(texts, known.bands, 1)
    pairs: list[NDArray[np.int64]] = []
    for column, ranked, owners in zip(found.T, known.keys, known.items, strict=True):
        first = np.searchsorted(ranked, column, "left")
        many = np.searchsorted(ranked, column, "right") - first
        rows = np.repeat(np.arange(len(column)), many)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        items = owners[np.repeat(first, many) + within]
        near = _equal(signed, known.rows, rows, items) >= NEAR * PERMUTATIONS
        pairs.append(np.stack([rows, items])[:, near])
    both = np.unique(np.concatenate(pairs, axis=1), axis=1).astype(np.int32)
    return both[0], both[1]


@compiled
def _equal(signed: Any, known: Any, rows: Any, items: Any) -> Any:
    """How many rows of the signatures are equal, pair by pair."""
    counts = np.zeros(len(rows), np.int64)
    for pair in range(len(rows)):
        for k in range(known.shape[1]):
            counts[pair] += signed[rows[pair], k] == known[items[pair], k]
    return counts


def _signed(
    texts: pl.Series, bands: Bands, first: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """Signatures and band keys; a text without a token is a block of its own, from `first` on."""
    signed = signatures(texts, HOW)
    own = np.arange(first, first + len(texts), dtype=np.uint64)
    blocks = np.where(signed.sequence == 0, own, np.uint64(0))
    return signed.rows, keys(signed.rows, blocks, bands)
