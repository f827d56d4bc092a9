"""N-grams of benchmarks as sorted hashes, and the share of an item that a text repeats.

Numbers are masked, so that one index finds copies and variants alike. An n-gram weighs 1 / (number
of distinct items that have it): "let x be the number of" stands in many items and weighs next to
nothing, wherever it is found. The plain inverse, not its logarithm, because an n-gram of five
tokens that a tenth of a percent of the items share is already a phrase of the trade; and weights
matter only relative to the others of the same item, so an item that two benchmarks share loses
nothing.
"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.contamination.tokens import ANY_NUMBER, Tokens, token
from tasks.dedupe.shingles import buffers, composed
from tasks.dedupe.tokenizer import compiled, inlined, lower_bound, mixed

BASE = np.uint64(0x9FB21C651E98DF25)
COMMON = 200
"""An n-gram of more distinct items than this weighs nothing (and costs nothing)."""

FIGURES = 2
"""Numbers that an item must have to be found by its numbers alone."""

SIEVE = 24
"""log2 of the bits of the sieve before the binary search: 2 MiB, false once in 17 at a million."""


class Index(NamedTuple):
    """N-grams of all items: gram g stands in `items[begin[g]:begin[g + 1]]`, weighs `weight[g]`.

    `whole` are the items' weights in all; `bodies` the hashes of items below n tokens and
    `body_items` whose they are; `figures` the hashes of all numbers of an item and `figure_items`
    whose they are. `n` is the length of an n-gram, in tokens.
    """

    n: int
    grams: NDArray[Any]
    begin: NDArray[Any]
    items: NDArray[Any]
    weight: NDArray[Any]
    whole: NDArray[Any]
    bodies: NDArray[Any]
    body_items: NDArray[Any]
    figures: NDArray[Any]
    figure_items: NDArray[Any]
    sieve: NDArray[Any]


def index_of(tokens: Tokens, n: int) -> Index:
    """Sorted hashes of the items' n-grams, each with the items that have it and its weight."""
    counts = np.diff(tokens.bounds)
    masked = tokens.masked
    hashes, owners = _grams(masked, tokens.bounds, n)
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    first = np.append(True, (np.diff(hashes) != 0) | (np.diff(owners) != 0))[: len(hashes)]
    hashes, owners = hashes[first], owners[first]
    grams, begin = np.unique(hashes, return_index=True)
    begin = np.append(begin, len(hashes))
    bodies = _bodies(masked, tokens.bounds)
    frequency = _distinct(bodies[owners], begin)
    weight = np.where(frequency > COMMON, 0.0, 1.0 / np.maximum(frequency, 1)).astype(np.float32)
    whole = np.zeros(len(counts), np.float32)
    np.add.at(whole, owners, np.repeat(weight, np.diff(begin)))
    short = np.flatnonzero((counts < n) & (counts > 0))
    short = short[np.argsort(bodies[short], kind="stable")]
    figures, many = _figures(tokens.words, tokens.number, tokens.bounds)
    told = np.flatnonzero(many >= FIGURES)
    told = told[np.argsort(figures[told], kind="stable")]
    sieve = np.zeros(2 ** (SIEVE - 3), np.uint8)
    spots = grams >> np.uint64(64 - SIEVE)
    np.bitwise_or.at(sieve, spots >> np.uint64(3), (1 << (spots & np.uint64(7))).astype(np.uint8))
    return Index(
        n, grams, begin, owners, weight, whole, bodies[short], short.astype(np.int32),
        figures[told], told.astype(np.int32), sieve,
    )  # fmt: skip


def rarity(tokens: Tokens, index: Index) -> NDArray[np.float32]:
    """What each token of the items weighs in an edit: the mean of its n-grams, 0 to 1.

    An n-gram weighs 1 / sqrt(items that have it) here, at least that of COMMON items: the phrases
    of a trade stand in a dozen items and are half of what such a problem says. A token without an
    n-gram weighs 1.
    """
    masked = tokens.masked
    hashes, _ = _grams(masked, tokens.bounds, index.n)
    weight = np.maximum(index.weight[np.searchsorted(index.grams, hashes)], 1 / COMMON)
    return _means(np.sqrt(weight).astype(np.float32), tokens.bounds, index.n)


Pairs = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
"""Positions of texts, positions of items, and the coverage of the item."""


def candidates(texts: pl.Series, index: Index, least: float) -> Pairs:
    """The pairs (text, item) that share at least `least` of the item, or all of their numbers.

    The coverage is weighted, 0 to 1. What a text says twice counts once; the order is by text, then
    by item.
    """
    data, offsets = buffers(composed(texts))
    none, many = np.int32(-1), len(index.whole)
    notes = _Notes(
        np.full(len(index.grams), none), np.full(many, none), np.full(many, none),
        np.zeros(many, np.float32), np.zeros(many, np.int32),
    )  # fmt: skip
    rows, items, shares = _scan(data, offsets, index, notes, np.float32(least))
    shares = np.minimum(shares, np.float32(1))
    order = np.lexsort((items, rows))
    return rows[order], items[order], shares[order]


@compiled
def _grams(words: Any, bounds: Any, n: Any) -> Any:
    total = 0
    for text in range(len(bounds) - 1):
        total += max(0, bounds[text + 1] - bounds[text] - n + 1)
    hashes, owners = np.empty(total, np.uint64), np.empty(total, np.int32)
    spot = 0
    for text in range(len(bounds) - 1):
        for first in range(bounds[text], bounds[text + 1] - n + 1):
            state = np.uint64(0)
            for word in words[first : first + n]:
                state = state * BASE + word
            hashes[spot], owners[spot] = mixed(state), text
            spot += 1
    return hashes, owners


@compiled
def _means(weight: Any, bounds: Any, n: Any) -> Any:
    """The mean weight of the n-grams around each token; `weight` goes by text and position."""
    means = np.ones(bounds[-1], np.float32)
    gram = 0
    for text in range(len(bounds) - 1):
        first, many = bounds[text], bounds[text + 1] - bounds[text] - n + 1
        if many > 0:
            for spot in range(many + n - 1):
                begin, end = max(0, spot - n + 1), min(spot + 1, many)
                total = np.float32(0)
                for one in weight[gram + begin : gram + end]:
                    total += one
                means[first + spot] = total / (end - begin)
            gram += many
    return means


@compiled
def _bodies(words: Any, bounds: Any) -> Any:
    """One hash per text over all its words: equal texts are found without an n-gram."""
    bodies = np.zeros(len(bounds) - 1, np.uint64)
    for text in range(len(bodies)):
        state = np.uint64(0)
        for word in words[bounds[text] : bounds[text + 1]]:
            state = state * BASE + word
        bodies[text] = mixed(state)
    return bodies


@compiled
def _figures(words: Any, number: Any, bounds: Any) -> Any:
    """One hash for all numbers of a text, in any order, and how many there are."""
    hashes, many = np.zeros(len(bounds) - 1, np.uint64), np.zeros(len(bounds) - 1, np.int64)
    for text in range(len(hashes)):
        for spot in range(bounds[text], bounds[text + 1]):
            if number[spot]:
                hashes[text] += mixed(words[spot])
                many[text] += 1
    return hashes, many


def _distinct(bodies: NDArray[np.uint64], begin: NDArray[np.int64]) -> NDArray[np.int64]:
    """In how many items of different text each n-gram stands; `bodies` go by n-gram and item."""
    many = len(begin) - 1
    gram = np.repeat(np.arange(many), np.diff(begin))
    order = np.lexsort((bodies, gram))
    gram, bodies = gram[order], bodies[order]
    first = np.append(True, (np.diff(gram) != 0) | (np.diff(bodies) != 0))[: len(gram)]
    return np.bincount(gram[first], minlength=many)


class _Notes(NamedTuple):
    """What was met while texts are read; `seen`, `met` and `told` hold the last text that did.

    seen: by n-gram; met, told: by item, told if all its numbers are in the text; sums: weight of
    the item's n-grams in the text; touched: the items met, in order.
    """

    seen: NDArray[np.int32]
    met: NDArray[np.int32]
    told: NDArray[np.int32]
    sums: NDArray[np.float32]
    touched: NDArray[np.int32]


@compiled
def _scan(data: Any, offsets: Any, index: Index, notes: _Notes, least: Any) -> Any:
    """The compiled loop of `candidates`: (text, item, share) of every pair from `least` on."""
    rows, items, shares = np.empty(64, np.int32), np.empty(64, np.int32), np.empty(64, np.float32)
    size = 0
    for text in range(len(offsets) - 1):
        hits, body, figure = _read(data, offsets[text], offsets[text + 1], text, index, notes)
        hits = _equal(index.bodies, index.body_items, body, text, 1.0, hits, notes)
        hits = _equal(index.figures, index.figure_items, figure, text, 0.0, hits, notes)
        for item in notes.touched[:hits]:
            if notes.sums[item] < least and notes.told[item] != text:
                continue
            if size == len(rows):
                rows, items, shares = _doubled(rows), _doubled(items), _doubled(shares)
            rows[size], items[size], shares[size] = text, item, notes.sums[item]
            size += 1
    return rows[:size], items[:size], shares[:size]


@compiled
def _doubled(array: Any) -> Any:
    """The array with as much room again. (numpy's own functions take seconds to compile.)"""
    wider = np.empty(2 * len(array), array.dtype)
    for spot in range(len(array)):
        wider[spot] = array[spot]
    return wider


@compiled
def _read(data: Any, at: int, end: int, text: int, index: Index, notes: _Notes) -> Any:
    """Add up the weights of a text's n-grams per item, as shares of the item.

    Returns how many items were met, the hash of the text if it is below n tokens, and that of its
    numbers if there are enough; 0 where not.
    """
    n, begin, top = index.n, at, np.uint64(1)
    ring = np.zeros(n, np.uint64)
    for _ in range(n):
        top *= BASE
    state, figure, count, many, hits = np.uint64(0), np.uint64(0), 0, 0, 0
    while True:
        start, at, word, numeric = token(data, at, begin, end)
        if start >= end:
            break
        if numeric:
            figure += mixed(word)
            many += 1
            word = ANY_NUMBER
        state = state * BASE + word - ring[count % n] * top
        ring[count % n] = word
        count += 1
        gram = _place(mixed(state), index) if count >= n else -1
        if gram < 0 or notes.seen[gram] == text or index.weight[gram] == 0:
            continue
        notes.seen[gram] = text
        for item in index.items[index.begin[gram] : index.begin[gram + 1]]:
            if notes.met[item] != text:
                notes.met[item], notes.sums[item], notes.touched[hits] = text, 0, item
                hits += 1
            notes.sums[item] += index.weight[gram] / index.whole[item]
    short, numbers = 0 < count < n, many >= FIGURES
    return hits, mixed(state) if short else np.uint64(0), figure if numbers else np.uint64(0)


@inlined
def _place(gram: Any, index: Index) -> Any:
    """The position of an n-gram; -1: no item has it."""
    bit = gram >> np.uint64(64 - SIEVE)
    if not (index.sieve[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1:
        return -1
    place = lower_bound(index.grams, gram)
    return place if place < len(index.grams) and index.grams[place] == gram else -1


@compiled
def _equal(
    ranked: Any, owners: Any, value: Any, text: int, share: float, hits: int, notes: _Notes
) -> Any:
    """Meet the items with this very hash, with at least this share; how many are met by now."""
    place = lower_bound(ranked, value)
    while value != 0 and place < len(ranked) and ranked[place] == value:
        item = owners[place]
        notes.told[item] = text
        if notes.met[item] != text:
            notes.met[item], notes.sums[item], notes.touched[hits] = text, share, item
            hits += 1
        place += 1
    return hits
