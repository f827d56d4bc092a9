from pathlib import Path

from rich.console import Console

from flows.cli.adjudication import FOLD, adjudicate, folded
from schemas.vocabulary import Verdict
from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.verdicts.adjudication import decisions
from tests.tasks.judged import many


def test_a_person_decides_unswayed_goes_back_and_leaves_a_note(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool")
    tables = many(4).into(pool)
    typed = iter(["c", "i wrong sign", "b", "nonsense", "u", "q"])
    console = Console(record=True, width=200)
    with connect(pool, tables) as connection:
        assert adjudicate(connection, pool, console, lambda: next(typed), 5, seed=1) == 2
    assert sorted(decisions(pool).values()) == [Verdict.CORRECT, Verdict.UNDECIDED]
    shown = console.export_text()
    assert shown.index("response:") < shown.index("verdicts:")  # only once it was decided
    assert shown.count("verdicts:") == 3


def test_a_long_response_is_folded() -> None:
    assert folded("a" * 2 * FOLD) == "a" * 2 * FOLD
    assert "[... 10 characters; m shows them ...]" in folded("a" * (2 * FOLD + 10))
