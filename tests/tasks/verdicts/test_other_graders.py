from tasks.verdicts.limits import Limits
from tasks.verdicts.other_graders import second
from tests.tasks.steps.test_verify import frame


def test_the_second_opinion_is_recorded_with_its_own_name_and_version() -> None:
    rows = frame(
        {"response": r"So \boxed{7.0}."},
        {"response": r"\boxed{8}"},
        {"state": "truncated"},
        {"answer": "Paris", "answer_kind": "text"},
        {"set_aside": "screen.proof"},
    )
    output = second(rows, ["math-verify"], Limits())
    table = output.tables["verdicts"].to_pylist()
    assert [(r["trace_id"], r["verifier"], r["verdict"]) for r in table] == [
        ("0", "math-verify", "correct"), ("1", "math-verify", "incorrect"),
    ]  # fmt: skip
    assert table[0]["version"].startswith("0.9")
    assert output.counts == {"in": 5, "out": 2, "aside.nothing_to_compare": 3}


def test_it_is_killed_at_the_deadline_like_any_other() -> None:
    rows = frame({"response": r"$10^{10^{10}}$"}, {"response": "$7$"})
    output = second(rows, ["math-verify"], Limits(deadline=1.0))
    found = output.tables["verdicts"].to_pylist()
    assert [(r["verdict"], r["verifier"]) for r in found] == [
        ("undecided", "math-verify"), ("correct", "math-verify"),
    ]  # fmt: skip
