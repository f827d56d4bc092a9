import pytest

from tests.tasks.signals.measured import one


def test_code_is_what_stands_in_fences_closed_or_not() -> None:
    assert one("code_share", "abcdef```12```") == pytest.approx(8 / 14)
    assert one("code_share", "```a b c") == 1
    assert one("code_share", "`a`") == 0
    assert one("code_share", None) is None
