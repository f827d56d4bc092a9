"""Every kind of harm, a few times each: nothing is lost, bought twice, or changed in silence."""

from pathlib import Path

import pytest

from benchmarks.building.chaos import KINDS, chaos

pytestmark = pytest.mark.slow  # it kills builds and starts command lines


def test_every_kind_of_harm_is_survived(tmp_path: Path) -> None:
    found = chaos(tmp_path, seed=7, quick=True)
    assert {*found["kind"]} == {*KINDS, "environment"}
    assert found.filter(found["tried"] != found["survived"])["why"].to_list() == []
    assert found.filter(found["tried"] == 0)["kind"].to_list() == []
    for cost in ("lost", "bought_twice", "silent"):
        assert found[cost].sum() == 0
