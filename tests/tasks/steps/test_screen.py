import json
from typing import Any

import polars as pl
import pytest

from schemas.identity import problem_id
from tasks.pool.jobs import Done, Output, frame_of
from tasks.pool.store import Pool
from tasks.steps.screen import Check, Screen
from tasks.verdicts.screen import conflicts_of, screen
from tests.tasks.rows import Row, problem, put, table


def frame(*rows: Row) -> pl.DataFrame:
    columns = ["problem_id", "problem", "answer", "answer_kind", "source", "tests", "solution"]
    return frame_of(table("problems", list(rows))).select(columns)


def screened(
    *rows: Row, checks: list[Check], conflicts: dict[str, list[str]] | None = None
) -> Output:
    return screen(frame(*rows), "screen", checks, conflicts or {})


def why(output: Output) -> list[str]:
    reasons: list[str] = output.tables["set_aside"]["reason"].to_pylist()
    return reasons


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("proof", "Prove that 2 is prime."),
        ("proof", "Let n be odd. Show that n^2 is odd."),
        ("proof", "Find x and prove that it is unique."),
        ("proof", "Let x > 0.\nProve x + 1 > 1."),
        ("proof", "Please demonstrate that the sum is even."),
        ("figure", "[asy] draw((0,0)--(1,1)); [/asy] What is the area?"),
        ("figure", "In the figure, AB = 3. Find BC."),
        ("figure", "See the following diagram. How many edges?"),
        ("figure", "A cube is cut as shown. What is its volume?"),
        ("figure", "Use the graph below to find f(2)."),
        ("figure", "What is ![a](b.png)?"),
        ("multi_part", "Let f(x) = x. (a) Find f(1). (b) Find f(2)."),
        ("multi_part", "Solve:\na. x = 1 + 1\nb. y = 2 + 2\n"),
        ("multi_part", "Solve:\na) x = 1 + 1\nb) y = 2 + 2\n"),
    ],
)
def test_a_pattern_finds_its_problem_and_shows_where(check: Check, text: str) -> None:
    output = screened(problem(text), checks=[check])
    assert why(output) == [check]
    assert output.tables["set_aside"]["detail"][0].as_py().strip() in text


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("proof", "A proof has 12 lines of 8 words. How many words has the proof?"),
        ("proof", "The theorem was proved in 1994. How many years ago is that in 2024?"),
        ("proof", "An approach improves a score from 3 to 5. By how much?"),
        ("proof", "To prove his point, Tom ran 3 km in 9 minutes. How fast was he?"),
        ("figure", "Which number is in the image of the map x -> 2x: 3 or 4?"),
        ("figure", "The graph of f passes through (1, 2). What is f(1)?"),
        ("figure", "How many edges has a complete graph on 5 vertices?"),
        ("figure", "What is the largest three-digit number with digit sum 5?"),
        ("figure", "A figure skater turns 4 times per second. How often in 3 s?"),
        ("multi_part", "Which is prime? (A) 4 (B) 5 (C) 6"),
        ("multi_part", "Evaluate f(a) + f(b) where a = 1 and b = 2."),
        ("multi_part", "Tom has (a lot of) apples: 3. How many are 2 times as many?"),
    ],
)
def test_a_mention_is_not_a_request(check: Check, text: str) -> None:
    assert why(screened(problem(text), checks=[check])) == []


def test_lettered_options_of_a_choice_are_no_parts() -> None:
    text = "Which is prime? (a) four (b) five"
    assert why(screened(problem(text), checks=["multi_part"])) == ["multi_part"]
    choice = problem(text, answer="b", answer_kind="choice")
    assert why(screened(choice, checks=["multi_part"])) == []


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"answer": None, "answer_kind": None}, "no_answer"),
        ({"answer": "x = 1; print(x)", "answer_kind": "code"}, "no_tests"),
    ],
)
def test_an_unusable_gold_answer_has_its_reason(other: dict[str, Any], reason: str) -> None:
    assert why(screened(problem("What is 3 + 4?", **other), checks=["gold"])) == [reason]


def test_a_gold_answer_that_the_verifier_accepts_stays() -> None:
    rows = [problem("a", answer="7"), problem("b", answer=r"\frac{1}{2}")]
    assert why(screened(*rows, checks=["gold"])) == []


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ("We are both knaves.", []),
        ("I am a knave.", ["gold_refused"]),
        ("Bob is a knave.", ["gold_refused"]),
    ],
)
def test_a_puzzle_is_solved_before_it_is_asked(said: str, reasons: list[str]) -> None:
    text = f'Knights are truthful, knaves lie. Ann says: "{said}" What is Ann, what is Bob?'
    row = problem(text, answer="Ann is a knave, Bob is a knight.", answer_kind="knights")
    assert why(screened(row, checks=["gold"])) == reasons


def test_a_kind_that_judges_by_its_tests_needs_no_gold_answer() -> None:
    tests = '{"constraints": [{"id": "punctuation:no_comma"}]}'
    other = {"answer": None, "answer_kind": "constraints"}
    assert why(screened(problem("Write.", **other, tests=tests), checks=["gold"])) == []
    unread = screened(problem("Write!", **other, tests="{}"), checks=["gold"])
    assert why(unread) == ["gold_unreadable"]
    assert unread.tables["set_aside"]["detail"][0].as_py().startswith("undecided.tests")


def test_another_answer_that_is_equal_is_no_conflict() -> None:
    row = problem("What is half of 1?", answer="1/2")
    equal = {row["problem_id"]: ["0.5"]}
    other = {row["problem_id"]: ["0.5", "2"]}
    assert why(screened(row, checks=["conflicting_gold"], conflicts=equal)) == []
    output = screened(row, checks=["conflicting_gold"], conflicts=other)
    assert why(output) == ["conflicting_gold"]
    assert json.loads(output.tables["set_aside"]["detail"][0].as_py()) == ["1/2", "2"]


def test_the_first_check_that_finds_something_is_the_reason() -> None:
    row = problem("Prove that the line in the figure is straight.")
    assert why(screened(row, checks=["proof", "figure"])) == ["proof"]
    assert why(screened(row, checks=["figure", "proof"])) == ["figure"]


def test_counts_add_up_by_reason() -> None:
    rows = [
        problem("Prove that 1 = 1."),
        problem("In the figure, find x."),
        problem("What is 3 + 4?"),
    ]
    output = screened(*rows, checks=["proof", "figure"])
    assert output.counts == {"in": 3, "out": 1, "aside.proof": 1, "aside.figure": 1}
    assert output.tables["set_aside"]["row_id"].to_pylist() == [r["problem_id"] for r in rows[:2]]


def test_no_checks_and_no_problems() -> None:
    assert screened(problem("Prove it."), checks=[]).counts == {"in": 1, "out": 1}
    everything = Screen().checks
    assert screened(checks=everything).counts == {"in": 0, "out": 0}


def conflict(text: str, answer: str, place: str) -> Row:
    detail = json.dumps({"answer": answer, "place": place})
    row = {"stage": "ingest", "row_id": problem_id(text), "reason": "conflicting_gold"}
    return {**row, "detail": detail}


def test_conflicts_that_ingest_met_are_collected_by_problem(pool: Pool) -> None:
    rejects = [conflict("q", "2", "a:1"), conflict("q", "1", "a:2"), conflict("q", "2", "a:3")]
    rejects.append({"stage": "ingest", "row_id": "a:4", "reason": "malformed"})
    done = Done(pool, "r", {"rejects": [put(pool, "ingest-aside", {"rejects": rejects})]})
    assert conflicts_of(done) == {problem_id("q"): ["1", "2"]}


def test_a_new_conflict_is_judged_again(pool: Pool) -> None:
    done = Done(pool, "r", {"problems": [put(pool, "ingest", {"problems": [problem("q")]})]})
    before = [job.key for job in Screen().plan(done)]
    done.add(["rejects"], [put(pool, "ingest-aside", {"rejects": [conflict("q", "8", "a:1")]})])
    (job,) = Screen().plan(done)
    assert job.key not in before
    receipt = job.run(done.pool)
    assert receipt.counts == {"in": 1, "out": 0, "aside.conflicting_gold": 1}


@pytest.mark.parametrize(
    ("tests", "solution", "reasons"),
    [
        (["assert f(1) == 2"], "def f(x): return x + 1", []),
        (["assert f(1) == 2"], None, []),
        (["assert f(1) == 2"], "def f(x): return x", ["gold_failed"]),
        ([], "def f(x): return x", ["no_tests"]),
    ],
)
def test_a_code_problem_must_accept_its_own_solution(
    tests: list[str], solution: str | None, reasons: list[str]
) -> None:
    row = problem(
        "Add one.", answer=None, answer_kind="code", tests=json.dumps(tests), solution=solution
    )
    assert why(screened(row, checks=["gold"])) == reasons
