import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals import repetition
from tasks.signals.measuring.lines import repeated
from tasks.signals.repetition import compression_of, tail_repeats_of
from tests.tasks.signals.measured import one


def share(text: str) -> float | None:
    """Share of the characters in lines seen before: what the compiled pass comes to, in Python."""
    seen: set[str] = set()
    total = again = 0
    for line in filter(None, map(str.strip, text.splitlines())):
        total += len(line)
        again += len(line) if line in seen else 0
        seen.add(line)
    return again / total if total else None


def test_exact_shares_of_repeated_lines() -> None:
    assert one("repeated_lines", "ab\ncd\nab") == pytest.approx(2 / 6)
    assert one("repeated_lines", "ab\n\n  ab  \nab") == pytest.approx(4 / 6)
    assert one("repeated_lines", "ab\ncd") == 0


LINES = st.lists(st.sampled_from(["ab", "a b", " ab\t", "é", "日本", "𝒙", "\u3000ab", "", "\x1f"]))
ENDS = st.sampled_from(["\n", "\r\n", "\x85", "\u2028", "\x1c"])


@given(st.builds(str.join, ENDS, LINES) | st.text())
def test_lines_are_split_and_stripped_as_python_does(text: str) -> None:
    assert repeated(pl.Series([text, "a\na", text])).to_list() == [share(text), 0.5, share(text)]


def test_many_lines_are_remembered() -> None:
    lines = [f"line {n}" for n in range(5000)]
    assert one("repeated_lines", "\n".join(lines)) == 0
    assert one("repeated_lines", "\n".join(lines * 2)) == 0.5


def test_nothing_has_no_share() -> None:
    assert one("repeated_lines", "") is None
    assert one("repeated_lines", "\n \n") is None
    assert compression_of(b"") is None
    assert tail_repeats_of(" \n") == 0


def test_a_text_that_ends_in_a_loop_counts_its_turns() -> None:
    turn = "but wait, I should double-check the third step of this computation; "
    assert len(turn) > repetition.TAIL
    assert tail_repeats_of("I begin. " + turn * 30) == 30


def test_a_text_that_does_not_loop_ends_once() -> None:
    assert tail_repeats_of("".join(f"line {n} of many\n" for n in range(100))) == 1
    assert tail_repeats_of("short") == 1


def test_a_loop_compresses_under_a_tenth_and_prose_does_not() -> None:
    assert compression_of(b"and so on, " * 500) < 0.1  # type: ignore[operator]
    prose = b"We first find the slope, then the intercept; their sum is what was asked of us."
    assert compression_of(prose) > 0.35  # type: ignore[operator]


def test_a_huge_text_is_judged_by_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repetition, "SAMPLE", 400)
    loop = "x" * 500 + "tail of a loop that goes on and on and on, longer than 64 letters\n" * 20
    assert tail_repeats_of(loop) >= 2
    assert one("repeated_lines", loop) == pytest.approx(share(loop[:200] + loop[-200:]))


@given(st.text())
def test_signals_of_any_text_are_in_range(text: str) -> None:
    assert (tail_repeats_of(text) == 0) == (not text.strip())
    assert (compression_of(text.encode()) is None) == (not text)
