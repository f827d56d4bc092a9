"""Tests over a table of pairs: each is compared both ways round, and the verdict is the same."""

from collections.abc import Callable

import pytest

from schemas.vocabulary import Verdict
from verifiers import compare

Table = dict[str, list[tuple[str, str]]]


def all_same(table: Table) -> Callable[[str, str], None]:
    """A test that every pair of the table, under its kind, is one answer."""

    def test(gold: str, answer: str) -> None:
        for found in (compare(gold, answer), compare(answer, gold)):
            assert found.verdict == Verdict.CORRECT, found.reason
            assert found.reason.startswith("equal.")

    return _over(table, test)


def all_differ(table: Table) -> Callable[[str, str], None]:
    """A test that no pair of the table is one answer."""

    def test(gold: str, answer: str) -> None:
        for found in (compare(gold, answer), compare(answer, gold)):
            assert found.verdict == Verdict.INCORRECT, found.reason

    return _over(table, test)


def _over(table: Table, test: Callable[[str, str], None]) -> Callable[[str, str], None]:
    pairs = [
        pytest.param(*pair, id=f"{kind}: {pair}") for kind, pairs in table.items() for pair in pairs
    ]
    return pytest.mark.parametrize(("gold", "answer"), pairs)(test)
