import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import RecipeError
from tasks.dedupe.meaning import nearest as module
from tasks.dedupe.meaning.nearest import SCALE, nearest, whole
from tasks.llm.embedder import directions


def drawn(seed: int, rows: int, dimension: int = 24) -> np.ndarray:
    """Random directions, every fifth a copy of an earlier one, every ninth none."""
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(rows, dimension)).astype(np.float32)
    vectors[4::5] = vectors[: len(vectors[4::5])]
    vectors[8::9] = 0
    return directions(vectors)


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 40), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_they_are_those_that_a_plain_sort_of_all_products_names(
    seed: int, rows: int, asked: int, k: int
) -> None:
    near, far = drawn(seed, asked), drawn(seed + 1, rows)
    found = nearest(near, far, k)
    for at, one in enumerate(whole(near).astype(np.int64)):
        products = whole(far).astype(np.int64) @ one
        best = sorted(range(rows), key=lambda row: (-products[row], row))[:k] if one.any() else []
        assert found.places[at].tolist() == best + [-1] * (k - len(best))
        cosines = [np.float32(products[row] / SCALE**2) for row in best]
        assert found.cosines[at].tolist() == cosines + [-1.0] * (k - len(best))


@given(st.integers(0, 2**32), st.integers(1, 50))
@settings(max_examples=30, deadline=None)
def test_batches_and_tiles_change_nothing(seed: int, tile: int) -> None:
    near, far = drawn(seed, 50), drawn(seed + 1, 70)
    whole_at_once = nearest(near, far, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TILE", tile)
        tiled = nearest(near, far, 3)
    apart = [nearest(near[at : at + 1], far, 3) for at in range(len(near))]
    for told in (tiled, module.Nearest(*(np.concatenate(c) for c in zip(*apart, strict=True)))):
        assert np.array_equal(told.places, whole_at_once.places)
        assert np.array_equal(told.cosines, whole_at_once.cosines)


def test_the_index_finds_them_too_and_the_same_ones_each_time() -> None:
    pytest.importorskip("usearch")
    rows = drawn(1, 4000)
    exact = nearest(rows, rows, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "EXACT", 100)
        found, again = nearest(rows, rows, 3), nearest(rows, rows, 3)
        one = nearest(rows[:1], rows, 3)
    assert np.array_equal(found.places, again.places)
    assert np.array_equal(one.places, found.places[:1])
    same = (found.cosines == exact.cosines)[exact.places[:, 0] >= 0]
    assert same[:, 0].mean() > 0.99 and same.mean() > 0.9  # of even dispersion, its hardest case


def test_without_the_index_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT", 10)
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(RecipeError, match=r"20 texts are too many .*longcot\[semantic\]"):
        nearest(drawn(1, 20), drawn(1, 20), 3)
