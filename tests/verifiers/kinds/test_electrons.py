"""What is written of an atom's electrons is read in any of its notations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import compare


@pytest.mark.parametrize(
    ("gold", "answer", "verdict"),
    [
        ("[Ar] 3d^6 4s^2", "1s^2 2s^2 2p^6 3s^2 3p^6 4s^2 3d^6", "correct"),
        ("$[Ar]3d^{10}4s^1$", "[Ar] 4s^1 3d^{10}", "correct"),
        ("[Ar] 3d^6 4s^2", "[Ar] 3d^8", "incorrect"),
        ("+7", r"\text{Mn(VII)}", "correct"),
        ("+3", "正三价", "correct"),
        ("+7", "Mn(IV)", "incorrect"),
        ("-2", "负三价", "incorrect"),
        ("$sp^2$", r"\mathrm{sp}^2", "correct"),
        ("sp^3d^2", r"\mathrm{sp^3d^2}", "correct"),
        ("$sp^2$", "sp3", "incorrect"),
        ("^1S_0", "${}^1S_0$", "correct"),
        ("^1S_0", "^3S_1", "incorrect"),
    ],
)
def test_a_notation_is_another_of_the_same(gold: str, answer: str, verdict: str) -> None:
    assert compare(gold, answer).verdict == verdict


@given(st.permutations(["3d10", "4s2", "4p3"]))
def test_the_order_of_shells_does_not_count(shells: list[str]) -> None:
    assert compare("[Ar] 3d^{10} 4s^2 4p^3", "[Ar] " + " ".join(shells)).verdict == "correct"


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_plain_numbers_are_no_oxidation_states(ours: int, theirs: int) -> None:
    assert (compare(f"{ours:+d}", str(theirs)).verdict == "correct") == (ours == theirs)
