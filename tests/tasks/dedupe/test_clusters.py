import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tasks.dedupe.clusters import Sets, components, crowded, elect, link
from tasks.dedupe.shingles import tagged

SETS = st.lists(st.frozensets(st.integers(0, 12), min_size=1), min_size=1, max_size=20)


def held(sets: list[frozenset[int]]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    ends = np.cumsum([len(one) for one in sets])
    flat = [element for one in sets for element in sorted(one)]
    return np.stack([np.r_[0, ends[:-1]], ends], axis=1), np.array(flat, np.uint64)


def connected(rows: int, pairs: list[tuple[int, int]]) -> list[int]:
    """The smallest row of each row's component, by repeated merging."""
    label = list(range(rows))
    for _ in range(rows):
        for one, other in pairs:
            label[one] = label[other] = min(label[one], label[other])
    return label


@given(SETS, st.sampled_from([0.2, 0.5, 0.8]))
def test_clusters_are_the_components_of_all_pairs_at_the_threshold(
    sets: list[frozenset[int]], threshold: float
) -> None:
    spans, flat = held(sets)
    everyone = np.zeros((len(sets), 2), np.uint64)  # every row meets every other, twice
    links = link(everyone, Sets(spans, flat, np.zeros((len(sets), 1), np.uint64)), threshold)
    pairs = [
        (i, j)
        for i, one in enumerate(sets)
        for j, other in enumerate(sets[:i])
        if len(one & other) / len(one | other) >= threshold
    ]
    assert components(len(sets), links.pairs).tolist() == connected(len(sets), pairs)
    exact = [len(sets[i] & sets[j]) / len(sets[i] | sets[j]) for i, j in links.pairs]
    assert links.jaccard.tolist() == exact
    assert links.checked <= len(sets) * (len(sets) - 1) // 2


def test_rows_that_contradict_each_other_are_no_pair() -> None:
    spans, flat = held([frozenset({1, 2})] * 4)
    tags = tagged(np.array([1, 1, 1, 2], np.uint64), np.array([5, 6, 5, 6], np.uint64))
    facts = np.stack([np.zeros(4, np.uint64), tags], axis=1)
    meeting = np.zeros((4, 1), np.uint64)
    links = link(meeting[:3], Sets(spans[:3], flat, facts[:3]), 0.5)
    assert components(3, links.pairs).tolist() == [0, 1, 0]
    links = link(meeting, Sets(spans, flat, facts), 0.5)  # another count contradicts nothing
    assert components(4, links.pairs).tolist() == [0, 0, 0, 0]


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), max_size=12))
def test_crowded_rows_share_a_band(keys: list[tuple[int, ...]]) -> None:
    table = np.array(keys, np.uint64).reshape(len(keys), 3)
    expected = [
        any(
            a == b
            for j, other in enumerate(keys)
            if j != i
            for a, b in zip(one, other, strict=True)
        )
        for i, one in enumerate(keys)
    ]
    assert crowded(table).tolist() == expected


@given(SETS, st.randoms(use_true_random=False))
def test_a_row_repeats_the_best_row_that_stays_and_is_near_enough(
    sets: list[frozenset[int]], chance: random.Random
) -> None:
    spans, flat = held(sets)
    best = chance.sample(range(len(sets)), len(sets))
    one, none = np.zeros(len(sets), np.int64), np.zeros((len(sets), 1), np.uint64)
    order, own = np.array(best, np.int64), np.arange(len(sets))
    survivors, jaccard = elect(order, one, own, Sets(spans, flat, none), 0.5, np.empty(0, np.int64))
    staying: list[int] = []
    for row in best:
        near = [k for k in staying if len(sets[k] & sets[row]) / len(sets[k] | sets[row]) >= 0.5]
        assert survivors[row] == (near[0] if near else row)
        other = sets[survivors[row]]
        assert jaccard[row] == len(other & sets[row]) / len(other | sets[row])
        staying += [] if near else [row]
