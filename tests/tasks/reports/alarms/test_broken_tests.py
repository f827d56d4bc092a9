from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.reports.advice import _broken_tests
from tasks.reports.alarms.broken_tests import broken_tests
from tests.tasks.judged import Judged


def test_sources_whose_tests_test_nothing_are_named(pool: Pool) -> None:
    judged = Judged().ask("math")
    for number in range(10):
        judged.ask(f"good {number}", "7", answer_kind="code", source="good")
        judged.ask(f"some {number}", "7", answer_kind="code", source="some", aside=None)
    broken = "undecided.broken_tests"
    for place, detail in ((1, "vacuous: a program that always prints '' passes"), (3, "NameError")):
        said = judged.verdicts[place]
        said |= {"verdict": "undecided", "reason": broken, "extracted": f"0 of 1 tests; {detail}"}
    gone = {row["problem_id"] for row in judged.problems if row["problem"] == "some 1"}
    judged.set_aside += [
        {
            "step": "screen",
            "row_id": row,
            "reason": "broken_tests",
            "detail": f"{broken}: vacuous: x",
        }
        for row in gone
    ]  # found by both, counted once
    with connect(pool, judged.into(pool)) as connection:
        found = broken_tests(connection)
    assert found == [{"source": "some", "problems": 10, "broken": 2, "vacuous": 2}]
    assert [line.level for line in _broken_tests({"broken_tests": found})] == ["bad"]
    few = {"source": "s", "problems": 100, "broken": 2, "vacuous": 1}
    assert [line.level for line in _broken_tests({"broken_tests": [few]})] == ["look"]
    assert _broken_tests({"broken_tests": []}) == _broken_tests({}) == []
