import pytest

from tests.tasks.signals.measured import measured, one


def test_words_are_counted_by_kind_and_parts_of_words_are_not() -> None:
    thought = (
        "Wait, perhaps I should check. Since it might be even, therefore 2. Alternatively, verify. "
        "The waiter awaits; mightily checkered, sincere."
    )
    kinds = "backtracks checks explorations connectors transitions".split()
    assert measured(*kinds, thought=thought) == {
        "backtracks": 1, "checks": 2, "explorations": 2, "connectors": 2, "transitions": 1
    }  # fmt: skip


def test_limo_counts_its_own_words_over_all() -> None:
    thought = "check verify perhaps might since therefore " + "word " * 54
    found = measured("limo_verification", "limo_exploration", "limo_connection", thought=thought)
    assert list(found.values()) == pytest.approx([2 / 60] * 3)
    assert one("limo_verification", None) is None
