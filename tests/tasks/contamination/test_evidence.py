import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from tasks.contamination.evidence import weighted


@given(st.text("ab c", min_size=1, max_size=30), st.text("ab c", min_size=1, max_size=30))
def test_where_all_weigh_the_same_an_edit_is_an_edit(item: str, text: str) -> None:
    one, other = item.encode(), text.encode()
    same = np.full(len(one), 0.25, np.float32)
    assert weighted(one, other, same) == pytest.approx(fuzz.ratio(one, other) / 100)


def test_edits_count_as_much_as_what_they_change() -> None:
    heavy = np.array([0.01] * 8 + [1.0] * 2, np.float32)
    assert weighted(b"commonly67", b"commonly89", heavy) < 0.1
    assert weighted(b"commonly67", b"cxmmxnly67", heavy) > 0.9
