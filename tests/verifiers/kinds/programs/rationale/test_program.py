import pytest

from schemas.vocabulary import Verdict
from verifiers import Pool, Problem
from verifiers.kinds.programs.rationale.program import run_program


def fenced(program):
    return f"```python\n{program}\n```"


@pytest.mark.parametrize(
    ("program", "answer", "reason"),
    [
        ("print('so')\nprint(6 * 7)", "42", ""),
        ("def solution():\n    return 42", "42", ""),
        ("ans = 0.1 + 0.2", "0.3", ""),
        ("print(2 / 3)", "0.666666666667", ""),
        ("print(10 ** 20)", "100000000000000000000", ""),
        ("x = 1", "", "no_answer.not_found"),
        ("1 / 0", "ZeroDivisionError: division by zero", "fail.exception"),
        ("x =", "SyntaxError: invalid syntax", "fail.syntax"),
        ("import socket; socket.socket()", "PermissionError: [Errno 1] Operation not permitted",
         "fail.exception"),
    ],
)  # fmt: skip
def test_what_a_program_comes_to(program, answer, reason):
    assert run_program(fenced(program)) == (answer, reason)


def test_a_text_without_a_program():
    assert run_program("It is 42.").reason == "no_answer.no_program"


def test_the_printed_answer_is_compared_with_the_gold():
    problem = Problem("p", "", "1/2", "program")
    programs = ["print(0.5)", "print('1/2')", "print(0.6)", "print(", "print([1, 2])"]
    with Pool(2) as pool:
        words = pool.map("verify", [(problem, fenced(program)) for program in programs])
        (gold,) = pool.map("audit", [(problem,)])
    assert [word.reason for word in words[:4]] == [
        "equal.exact", "equal.string", "differ.value", "fail.syntax",
    ]  # fmt: skip
    assert words[4].verdict == Verdict.INCORRECT
    assert {word.verifier for word in words} == {"program"}
    assert words[0].extracted == "0.5" and gold.reason == "equal.string"
