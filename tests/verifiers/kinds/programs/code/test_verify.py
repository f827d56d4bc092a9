import json

import pytest

from schemas.errors import NoSandboxError
from schemas.vocabulary import Verdict
from verifiers import VERSION, Pool, Problem, audit, verify
from verifiers.kinds.programs.code import Bench

TESTS = json.dumps({"type": "stdio", "cases": [["1\n", "2\n"]], "time_limit": 1.0})
PYTHON = json.dumps({**json.loads(TESTS), "language": "python"})
SHELL = "```sh\nread a\necho $((a + 1))\n```"
RIGHT, WRONG = "print(int(input()) + 1)", "print(1)"


def asked(tests=TESTS, solution=None):
    return Problem("p", "", None, "code", tests, solution)


def fenced(program):
    return f"Here it is.\n```python\n{program}\n```\nDone."


@pytest.mark.parametrize(
    ("problem", "response", "verdict", "reason"),
    [
        (asked(), fenced(RIGHT), Verdict.CORRECT, "pass.tests"),
        (asked(), fenced(WRONG), Verdict.INCORRECT, "fail.wrong_output"),
        (asked(), "Add one.", Verdict.INCORRECT, "no_answer.no_program"),
        (asked(None), fenced(RIGHT), Verdict.UNDECIDED, "undecided.no_tests"),
        (asked("[]"), fenced(RIGHT), Verdict.UNDECIDED, "undecided.no_tests"),
        # where the tests name no language, a program is in the one that it says
        (asked(), SHELL, Verdict.CORRECT, "pass.tests"),
        (asked(PYTHON), SHELL, Verdict.INCORRECT, "no_answer.no_program"),
    ],
)
def test_the_verdict_on_a_response(problem, response, verdict, reason):
    word = verify(problem, response)
    assert (word.verdict, word.reason, word.verifier) == (verdict, reason, "code")
    assert word.version == VERSION


def test_the_word_says_where_the_program_stands_and_what_failed():
    word = verify(asked(), fenced(WRONG))
    assert word.extracted == (
        "last_fence 22:31, 0 of 1 tests; test 1: fail.wrong_output: printed '1\\n'"
    )
    assert verify(asked(), fenced(RIGHT)).extracted.endswith("1 of 1 tests")


@pytest.mark.parametrize(
    ("tests", "solution", "reason"),
    [
        (TESTS, RIGHT, "pass.tests"),
        (TESTS, f"Like so:\n```python\n{RIGHT}\n```", "pass.tests"),
        (TESTS, WRONG, "undecided.gold_failed"),
        (TESTS, None, "undecided.no_solution"),
        ("[]", RIGHT, "undecided.no_tests"),
        (None, RIGHT, "undecided.no_tests"),
        (json.dumps(["assert f(1) == x.y.z"]), "def f(n): return n", "undecided.gold_failed"),
    ],
)
def test_the_audit_of_tests_and_solution(tests, solution, reason):
    assert audit(asked(tests, solution)).reason == reason


def test_programs_and_answers_go_through_one_pool():
    math = Problem("m", "", "7", "math")
    items = [(math, r"\boxed{7}"), (asked(), fenced(RIGHT)), (math, r"\boxed{8}"),
             (asked(), fenced("while True: pass")), (asked(), fenced(WRONG))]  # fmt: skip
    with Pool(2) as pool:
        reasons = [word.reason for word in pool.map("verify", items)]
        assert reasons == ["equal.string", "pass.tests", "differ.value", "fail.time_limit",
                           "fail.wrong_output"]  # fmt: skip
        (word,) = pool.map("audit", [(asked(TESTS, WRONG),)])
        assert word.reason == "undecided.gold_failed"


def test_a_lost_sandbox_costs_a_second_try_and_no_verdict(monkeypatch):
    bench = Bench()
    with bench.pair() as pair:
        pair.program(lambda box: box.close())
        assert pair.program(lambda box: box.place({})).startswith("/tmp")
    bench.close()


def test_a_machine_without_a_sandbox_refuses(monkeypatch):
    def none():
        raise NoSandboxError("no sandbox: install bubblewrap")

    monkeypatch.setattr("verifiers.kinds.programs.code.sandboxes.strongest", none)
    with Pool(1) as pool, pytest.raises(NoSandboxError, match="install"):
        pool.map("verify", [(asked(), fenced(RIGHT))])
