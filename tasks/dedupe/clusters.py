"""Candidates, exact Jaccard, union-find: which texts are one cluster, and what says so.

Rows come sorted by id, so that neither their order nor how they were sharded shows in the result.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.dedupe.minhash import common
from tasks.dedupe.tokenizer import compiled, lower_bound

TAG = np.uint64(56)


class Sets(NamedTuple):
    """Each row's shingles, and what it states.

    spans: int64 (rows, 2), where each row's shingles lie in `flat`
    flat: uint64, the shingles row by row, sorted in each
    facts: uint64 (rows, any), tagged as in tasks/dedupe/shingles.py: rows that contradict each
    other in a column are no pair
    """

    spans: NDArray[np.int64]
    flat: NDArray[np.uint64]
    facts: NDArray[np.uint64]


class Joined(NamedTuple):
    """What a compiled loop fills: the forest of clusters, and the pairs that made it.

    counts: the pairs that were found and the pairs that were checked
    """

    parents: NDArray[np.int64]
    pairs: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    counts: NDArray[np.int64]


class Links(NamedTuple):
    """One checked pair per union, so that a cluster of m rows has m - 1 of them.

    pairs: int64 (links, 2), row numbers
    jaccard: float64, exact, at least the threshold
    checked: candidate pairs whose Jaccard was computed
    """

    pairs: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    checked: int


def crowded(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """The rows that share a band with another: candidates, the only ones whose text is needed."""
    found = np.zeros(len(keys), np.bool_)
    for band in range(keys.shape[1]):
        order = np.argsort(keys[:, band], kind="stable")
        column = keys[order, band]
        same = column[1:] == column[:-1]
        found[order[1:][same]] = True
        found[order[:-1][same]] = True
    return found


def link(keys: NDArray[np.uint64], sets: Sets, threshold: float) -> Links:
    """Check every candidate pair that is not in one cluster already.

    keys: uint64 (rows, bands). A pair that other pairs have joined already is not checked: it
    would change no cluster.
    """
    most = max(len(keys) - 1, 0)
    joined = Joined(
        np.arange(len(keys)), np.empty((most, 2), np.int64), np.empty(most), np.zeros(2, np.int64)
    )
    for band in range(keys.shape[1]):
        order = np.argsort(keys[:, band], kind="stable")
        _band(keys, band, order, sets, threshold, joined)
    found, checked = joined.counts
    return Links(joined.pairs[:found], joined.jaccard[:found], int(checked))


def components(rows: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64 (rows): the smallest row of each row's cluster."""
    parents = np.arange(rows)
    _unite(parents, pairs)
    return parents


def chain(keys: NDArray[np.uint64], order: NDArray[np.int64], parents: NDArray[np.int64]) -> None:
    """Join rows of equal keys in the forest `parents`; `order` sorts the rows by key."""
    _chain(keys, order, parents)


def roots(parents: NDArray[np.int64]) -> None:
    """Have each row name the smallest of its tree."""
    _unite(parents, np.empty((0, 2), np.int64))


def elect(
    order: NDArray[np.int64],
    cluster: NDArray[np.int64],
    alike: NDArray[np.int64],
    sets: Sets,
    threshold: float,
    kin: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Each row's survivor (itself, if it stays) and their exact Jaccard.

    order: the rows by cluster, in each the best first; alike: the first row of equal text; kin: the
    pairs that are none, however near (tasks/dedupe/kin.py). Row by
    row: it repeats the best row that stays and is near enough, or else stays itself. So a chain of
    neighbours does not drag along what its survivor is not near to.
    """
    survivors, jaccard = np.arange(len(order)), np.ones(len(order))
    _elect(order, cluster, alike, sets, threshold, kin, survivors, jaccard)
    return survivors, jaccard


@compiled
def root(parents: Any, row: int) -> Any:
    """The representative of a row's cluster; paths are halved on the way."""
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@compiled
def met(keys: Any, one: int, other: int, bands: int) -> Any:
    """Whether two rows shared one of the first bands: then they have been compared."""
    same = False
    for band in range(bands):
        same |= keys[one, band] == keys[other, band]
    return same


@compiled
def contradict(facts: Any, one: int, other: int) -> Any:
    """Whether two rows have the same tag and another hash in some column."""
    found = False
    for k in range(facts.shape[1]):
        a, b = facts[one, k], facts[other, k]
        found |= a != b and a >> TAG == b >> TAG
    return found


@compiled
def akin(kin: Any, rows: int, one: int, other: int) -> Any:
    """Whether a pair of so many rows is among the sorted pairs of `kin` (tasks/dedupe/kin.py)."""
    if len(kin) == 0:
        return False
    code = min(one, other) * rows + max(one, other)
    at = lower_bound(kin, code)
    return at < len(kin) and kin[at] == code


@compiled
def similarity(sets: Any, one: int, other: int) -> Any:
    """Exact Jaccard similarity of the shingle sets of two rows."""
    a = sets.flat[sets.spans[one, 0] : sets.spans[one, 1]]
    b = sets.flat[sets.spans[other, 0] : sets.spans[other, 1]]
    shared = common(a, b)
    return shared / max(len(a) + len(b) - shared, 1)


@compiled
def _band(keys: Any, band: int, order: Any, sets: Any, threshold: float, joined: Any) -> None:
    """Join the rows of one band that are near; `order` sorts them by the band's key."""
    spans, parents, counts = sets.spans, joined.parents, joined.counts
    first = 0
    while first < len(order):
        last = first + 1
        while last < len(order) and keys[order[last], band] == keys[order[first], band]:
            last += 1
        for i in range(first, last):
            for j in range(i + 1, last):
                one, other = order[i], order[j]
                top, low = root(parents, one), root(parents, other)
                if top == low or met(keys, one, other, band):
                    continue
                if contradict(sets.facts, one, other):
                    continue
                sizes = spans[one, 1] - spans[one, 0], spans[other, 1] - spans[other, 0]
                if min(sizes) < threshold * max(sizes):  # the Jaccard cannot be more than that
                    continue
                counts[1] += 1
                score = similarity(sets, one, other)
                if score >= threshold:
                    parents[max(top, low)] = min(top, low)
                    joined.pairs[counts[0], 0], joined.pairs[counts[0], 1] = one, other
                    joined.jaccard[counts[0]] = score
                    counts[0] += 1
        first = last


@compiled
def _chain(keys: Any, order: Any, parents: Any) -> None:
    for k in range(1, len(order)):
        if keys[order[k]] == keys[order[k - 1]]:
            one, other = root(parents, order[k]), root(parents, order[k - 1])
            parents[max(one, other)] = min(one, other)


@compiled
def _unite(parents: Any, pairs: Any) -> None:
    for k in range(len(pairs)):
        one, other = root(parents, pairs[k, 0]), root(parents, pairs[k, 1])
        parents[max(one, other)] = min(one, other)
    for row in range(len(parents)):
        parents[row] = root(parents, row)


@compiled
def _elect(
    order: Any,
    cluster: Any,
    alike: Any,
    sets: Any,
    threshold: float,
    kin: Any,
    survivors: Any,
    jaccard: Any,
) -> None:
    staying = np.empty(len(order), np.int64)
    count, current = 0, -1
    for row in order:
        if cluster[row] != current:
            count, current = 0, cluster[row]
        for k in range(count):
            best, score = staying[k], 1.0
            if akin(kin, len(order), best, row):
                continue
            if alike[best] != alike[row]:
                if contradict(sets.facts, best, row):
                    continue
                score = similarity(sets, alike[best], alike[row])
            if score >= threshold:
                survivors[row], jaccard[row] = best, score
                break
        if survivors[row] == row:
            staying[count] = row
            count += 1
