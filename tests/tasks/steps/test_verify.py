from typing import Any

import polars as pl
import pytest

from schemas.tables import VERDICTS
from schemas.vocabulary import REASONS
from tasks.pool.jobs import Done, Output
from tasks.pool.store import Pool
from tasks.steps.verify import Verify
from tasks.verdicts.verify import verify
from tests.tasks.rows import problem, put, trace


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    plain = {
        "problem_id": "p", "teacher": "t", "response": r"\boxed{7}", "state": "complete",
        "answer": "7", "answer_kind": "math", "options": None, "tests": None, "set_aside": None,
    }  # fmt: skip
    schema = dict.fromkeys(["trace_id", *plain], pl.String)
    return pl.DataFrame(
        [{"trace_id": str(n), **plain, **row} for n, row in enumerate(rows)], schema=schema
    )


def verified(*rows: dict[str, Any]) -> Output:
    return verify(frame(*rows), "verify", Verify())


def words(output: Output) -> list[tuple[str, str]]:
    columns = output.tables["verdicts"].select(["verdict", "reason"]).to_pydict()
    return list(zip(columns["verdict"], columns["reason"], strict=True))


@pytest.mark.parametrize(
    ("state", "verdict", "reason"),
    [
        ("truncated", "incorrect", "no_answer.truncated"),
        ("unclosed", "incorrect", "no_answer.unclosed"),
        ("empty", "incorrect", "no_answer.empty"),
        ("failed", "undecided", "undecided.failed"),
    ],
)
def test_a_trace_without_an_end_is_judged_by_its_state(
    state: str, verdict: str, reason: str
) -> None:
    assert words(verified({"state": state})) == [(verdict, reason)]


def test_a_finished_trace_is_judged_by_its_answer() -> None:
    right, wrong = {"response": r"So \boxed{7.0}."}, {"response": r"So \boxed{8}."}
    assert [verdict for verdict, _ in words(verified(right, wrong))] == ["correct", "incorrect"]


def test_without_gold_nothing_is_decided() -> None:
    row = {"answer": None, "answer_kind": None}
    assert words(verified(row)) == [("undecided", "undecided.no_gold")]


def test_verdicts_come_in_the_order_of_the_traces() -> None:
    rows = [{"state": s} for s in ("empty", "complete", "failed", "complete", "unclosed")]
    output = verified(*rows)
    assert output.tables["verdicts"]["trace_id"].to_pylist() == list("01234")
    assert {reason for _, reason in words(output)} <= set(REASONS)


def test_traces_of_a_problem_set_aside_are_set_aside_with_its_reason() -> None:
    output = verified({}, {"set_aside": "screen.proof"})
    assert output.tables["verdicts"]["trace_id"].to_pylist() == ["0"]
    assert output.tables["set_aside"].to_pylist() == [
        {"row_id": "1", "step": "verify", "reason": "problem_set_aside", "detail": "screen.proof",
         "source": "t"}
    ]  # fmt: skip


def test_counts_add_up() -> None:
    states = ["complete", "truncated", "unclosed", "empty", "failed"]
    rows = [*({"state": state} for state in states), {"set_aside": "dedupe.duplicate"}]
    counts = verified(*rows).counts
    assert counts == {
        "in": 6, "out": 5, "aside.problem_set_aside": 1, "correct": 1, "unfinished": 3,
        "undecided": 1,
    }  # fmt: skip


def test_no_traces_have_no_verdicts() -> None:
    output = verified()
    assert output.tables["verdicts"].equals(VERDICTS.empty_table())
    assert output.counts["in"] == 0


def test_a_stage_looks_its_problems_up_in_the_pool(pool: Pool) -> None:
    source = put(pool, "ingest", {"problems": [problem("p", answer="7"), problem("q")]})
    rows = [trace(r"\boxed{7}", "p"), trace(r"\boxed{8}", "p"), trace(r"\boxed{7}", "q")]
    recorded = put(pool, "generate", {"traces": rows}, parents=[source.key])
    reject = {"step": "screen", "row_id": problem("q")["problem_id"], "reason": "proof"}
    screened = put(pool, "screen", {"set_aside": [reject]}, parents=[source.key])
    screened.aside[source.key] = "digest"
    tables = {"problems": [source], "traces": [recorded]}
    done = Done(pool, "r", tables, {"screen": [screened]})
    (job,) = Verify().plan(done)
    receipt = job.run(done.pool)
    assert receipt.counts == {
        "in": 3, "out": 2, "aside.problem_set_aside": 1, "correct": 1, "incorrect": 1,
    }  # fmt: skip
    assert receipt.parents == [recorded.key]


def test_a_program_is_judged_by_the_tests_of_its_problem() -> None:
    tests = '{"type": "stdio", "cases": [{"input": "1", "output": "2"}]}'
    row = {"answer": None, "answer_kind": "code", "tests": tests}
    right = {**row, "response": "```python\nprint(int(input()) + 1)\n```"}
    wrong = {**row, "response": "```python\nprint(1)\n```"}
    assert words(verified(right, wrong)) == [
        ("correct", "pass.tests"),
        ("incorrect", "fail.wrong_output"),
    ]
