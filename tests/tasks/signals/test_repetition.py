import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals import repetition
from tasks.signals.repetition import compression_of, repeated_lines_of, tail_repeats_of


def test_exact_shares_of_repeated_lines_of() -> None:
    assert repeated_lines_of("ab\ncd\nab") == pytest.approx(2 / 6)
    assert repeated_lines_of("ab\n\n  ab  \nab") == pytest.approx(4 / 6)
    assert repeated_lines_of("ab\ncd") == 0


def test_nothing_has_no_share() -> None:
    assert repeated_lines_of("") is None
    assert repeated_lines_of("\n \n") is None
    assert compression_of("") is None
    assert tail_repeats_of(" \n") == 0


def test_a_text_that_ends_in_a_loop_counts_its_turns() -> None:
    turn = "but wait, I should double-check the third step of this computation; "
    assert len(turn) > repetition.TAIL
    assert tail_repeats_of("I begin. " + turn * 30) == 30


def test_a_text_that_does_not_loop_ends_once() -> None:
    assert tail_repeats_of("".join(f"line {n} of many\n" for n in range(100))) == 1
    assert tail_repeats_of("short") == 1


def test_a_loop_compresses_under_a_tenth_and_prose_does_not() -> None:
    assert compression_of("and so on, " * 500) < 0.1  # type: ignore[operator]
    prose = "We first find the slope, then the intercept; their sum is what was asked of us."
    assert compression_of(prose) > 0.35  # type: ignore[operator]


def test_a_huge_text_is_judged_by_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repetition, "SAMPLE", 400)
    loop = "x" * 500 + "tail of a loop that goes on and on and on, longer than 64 letters\n" * 20
    assert tail_repeats_of(loop) >= 2


@given(st.text())
def test_signals_of_any_text_are_in_range(text: str) -> None:
    share, tail = repeated_lines_of(text), tail_repeats_of(text)
    assert share is None or 0 <= share < 1
    assert (tail == 0) == (not text.strip())
    assert (compression_of(text) is None) == (not text)
