r"""Points that one letter runs through: the same line, or the same points of a lattice."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifiers.math.compare import compare_math

WHOLE = st.integers(-9, 9)
POINTS = st.lists(WHOLE, min_size=2, max_size=3)


def line(start: list[int], step: list[int], letter: str) -> str:
    return ", ".join(f"{a} + ({s}){letter}" for a, s in zip(start, step, strict=True))


@given(POINTS, st.data(), WHOLE, st.sampled_from((1, -1)))
def test_points_are_the_same_from_another_start_and_the_other_way(
    start: list[int], data: st.DataObject, turns: int, way: int
) -> None:
    step = data.draw(st.lists(WHOLE, min_size=len(start), max_size=len(start)))
    assume(any(step))
    moved = [a + turns * s for a, s in zip(start, step, strict=True)]
    ours = rf"({line(start, step, 't')}), t \in \mathbb{{Z}}"
    theirs = f"({line(moved, [way * s for s in step], 'k')})"
    assert compare_math(ours, theirs).startswith("equal.")
    assert compare_math(theirs, ours).startswith("equal.")


@given(POINTS, st.data(), st.integers(2, 5))
def test_a_longer_step_leaves_points_of_a_lattice_out_but_none_of_a_line(
    start: list[int], data: st.DataObject, pace: int
) -> None:
    step = data.draw(st.lists(WHOLE, min_size=len(start), max_size=len(start)))
    assume(any(step))
    longer = f"({line(start, [pace * s for s in step], 's')})"
    ours = f"({line(start, step, 't')})"
    assert compare_math(rf"{ours}, t \in \mathbb{{Z}}", longer) == "differ.value"
    assert compare_math(rf"{ours}, t \in \mathbb{{R}}", longer).startswith("equal.")


@given(POINTS, st.data(), WHOLE.filter(bool))
def test_a_point_beside_the_line_is_on_another(
    start: list[int], data: st.DataObject, off: int
) -> None:
    step = data.draw(st.lists(WHOLE, min_size=len(start), max_size=len(start)))
    place = data.draw(st.integers(0, len(start) - 1))
    assume(any(s for n, s in enumerate(step) if n != place))
    moved = [a + off * (n == place) for n, a in enumerate(start)]
    ours = rf"({line(start, step, 't')}), t \in \mathbb{{R}}"
    assert not compare_math(ours, f"({line(moved, step, 's')})").startswith("equal.")


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ("(x,y)=(1+2t,-t)", r"y = 1-s, x = -1+2s, s\in\mathbb R", "equal.exact"),
        (r"x=2-3t, y=-1+2t, t\in\mathbb Z", r"(-1+3k, 1-2k), k\in\mathbb Z", "equal.exact"),
        (r"x=2-3t, y=-1+2t, t\in\mathbb Z", "x=-1+3k, y=5-2k", "differ.value"),
        ("(1+2t,-t)", "(3-2s,-1+s)", "undecided.unread"),
    ],
)
def test_names_and_order_are_heeded(gold: str, answer: str, reason: str) -> None:
    """Where nobody says what the letters are, two lines that may be one are not decided."""
    assert compare_math(gold, answer) == reason
