from pathlib import Path

import polars as pl
import pytest

from tasks.pool import spill
from tasks.pool.spill import SpillFile


def frame(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"n": numbers, "text": [str(n) * 10 for n in numbers]})


@pytest.mark.parametrize("budget", [2**20, 0, 50])
def test_what_was_added_is_taken_in_order(
    budget: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "BUDGET", budget)
    with SpillFile(str(tmp_path)) as waiting:
        for number in range(6):
            waiting.add(number % 2, "trace", frame(number))
            waiting.add(number % 2, "problem", frame(-number))
        assert waiting.take(0, "trace").equals(frame(0, 2, 4))
        assert waiting.take(1, "problem").equals(frame(-1, -3, -5))
        assert waiting.take(1, "trace").equals(frame(1, 3, 5))


def test_beyond_the_budget_nothing_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "BUDGET", 100)
    with SpillFile(str(tmp_path)) as waiting:
        for number in range(20):
            waiting.add(number, "trace", frame(number))
            assert waiting.bytes <= 100
        assert list(tmp_path.rglob("*.arrow"))
    assert list(tmp_path.iterdir()) == []


def test_taking_gives_the_room_back(tmp_path: Path) -> None:
    with SpillFile(str(tmp_path)) as waiting:
        waiting.add(0, "trace", frame(1, 2))
        waiting.add(1, "trace", frame(3))
        waiting.take(0, "trace")
        waiting.take(1, "trace")
        assert (waiting.bytes, dict(waiting.held)) == (0, {})


def test_files_go_when_an_error_ends_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "BUDGET", 0)
    with pytest.raises(RuntimeError), SpillFile(str(tmp_path)) as waiting:
        waiting.add(0, "trace", frame(1))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
