import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.errors import RecipeError
from tasks.dedupe.lsh_bands import Bands, choose, curve, keys
from tasks.dedupe.shingles import PERMUTATIONS
from tasks.steps.dedupe import Dedupe

SHARES = st.floats(0.05, 0.999)


@given(SHARES, st.floats(0.01, 0.999))
def test_the_choice_reaches_the_recall_with_the_most_rows(threshold: float, recall: float) -> None:
    assume(Bands(PERMUTATIONS, 1).recall(threshold) >= recall)
    chosen = choose(threshold, recall, PERMUTATIONS)
    assert chosen.b * chosen.r <= PERMUTATIONS
    assert chosen.recall(threshold) >= recall
    more = chosen.r + 1
    assert Bands(PERMUTATIONS // more, more).recall(threshold) < recall or more > PERMUTATIONS
    fewer = Bands(chosen.b - 1, chosen.r)
    assert fewer.b == 0 or fewer.recall(threshold) < recall


def test_the_default() -> None:
    chosen = choose(Dedupe().threshold, Dedupe().recall, PERMUTATIONS)
    assert chosen == Bands(18, 6)
    assert curve(chosen, 0.8) == (
        "18 bands of 6 rows; finds 0.247 at 0.5, 0.577 at 0.6, 0.895 at 0.7, 0.996 at 0.8, "
        "1.000 at 0.85, 1.000 at 0.9"
    )


def test_the_least_that_the_permutations_can_do() -> None:
    assert choose(1, 0.999, PERMUTATIONS) == Bands(1, PERMUTATIONS)
    with pytest.raises(RecipeError, match="lower `recall` or raise `threshold`"):
        choose(0.01, 0.99, PERMUTATIONS)


def test_signatures_meet_as_often_as_the_curve_says() -> None:
    """Signatures whose rows agree with probability J: what MinHash gives texts of Jaccard J."""
    chance, bands = np.random.default_rng(0), Bands(16, 6)
    for jaccard in (0.6, 0.7, 0.8, 0.9):
        one = chance.integers(0, 2**32, (4000, 128), dtype=np.uint32)
        other = np.where(chance.random(one.shape) < jaccard, one, one + np.uint32(1))
        blocks = np.zeros(len(one), np.uint64)
        met = (keys(one, blocks, bands) == keys(other, blocks, bands)).any(axis=1).mean()
        assert met == pytest.approx(bands.recall(jaccard), abs=0.03)


def test_rows_of_other_blocks_never_meet() -> None:
    rows = np.ones((2, 128), np.uint32)
    found = keys(rows, np.array([1, 2], np.uint64), Bands(16, 6))
    assert not (found[0] == found[1]).any()
