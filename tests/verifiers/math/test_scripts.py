"""Notations that stand for one value in words, symbols and several scripts; either way round."""

import pytest

from verifiers import compare

SAME = [
    ("二分之一", "1/2"),
    ("百分之二十", "1/5"),
    ("负三分之二", "-2/3"),
    ("1 in 6", "1/6"),
    ("2 out of 3", "\\frac{2}{3}"),
    ("fourth quadrant", "Quadrant IV"),
    ("the 2nd quadrant", "第二象限"),
    ("Quadrant 3", "third quadrant"),
    ("3\\sqrt{2}", "3\\sqrt{2}厘米"),
    ("3\\sqrt{2} \\text{ cm}", "$3\\sqrt{2}$ 厘米"),
]
OTHER = [
    ("二分之一", "2"),
    ("百分之二十", "20"),
    ("1 in 6", "6"),
    ("2 out of 3", "3/2"),
    ("fourth quadrant", "Quadrant II"),
    ("第一象限", "第四象限"),
    ("3\\sqrt{2}", "2\\sqrt{3}厘米"),
    ("3\\sqrt{2} \\text{ m}", "3\\sqrt{2} 厘米"),
    ("3 in", "3/8"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_value_in_two_notations(one: str, other: str) -> None:
    assert {str(compare(*pair).verdict) for pair in ((one, other), (other, one))} == {"correct"}


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_value_is_another_answer(one: str, other: str) -> None:
    assert "correct" not in {str(compare(*p).verdict) for p in ((one, other), (other, one))}
