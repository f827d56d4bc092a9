import pytest

from verifiers import Pool, Problem
from verifiers.kinds.programs.rationale.equations import solve


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("```\na = 5\nb = a * 2  # twice\nans = b + 4\n```", "14"),
        ("Let x be it.\n2x + 3 = 31", "14"),
        ("2x + 3y = 24\ny = x - 2\nans = x", "6"),
        ("x + y = 10; \nx - y = 2.5\ny = x - 2.5", "15/4"),
        ("price × 3 = 12\n", "4"),
        ("x^3 = 27", "3"),
        ("<think>x = 1</think>\nx = 2", "2"),
    ],
)
def test_equations_are_solved(response, answer):
    assert solve(response) == (answer, "")


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("no equations here", "no_answer.no_program"),
        ("x^2 = 36", "no_answer.hedged"),
        ("x = x + 1", "fail.equations"),
        ("ans = a + b\na = 1", "fail.equations"),
        ("```\nans = __import__('os').getpid()\n```", "undecided.parse_answer"),
        ("```\nans = 9**9**9**9\n```", "undecided.parse_answer"),
        ("```\nans = 10**1000000\n```", "undecided.parse_answer"),
        ("```\nans = " + "9" * 300 + "\n```", "undecided.parse_answer"),
        ("```\nans = " + "(" * 190 + "1" + ")" * 190 + "\n```", None),
    ],
)
def test_what_has_no_single_answer_has_a_reason(response, reason):
    assert reason is None or solve(response) == ("", reason)


def test_they_are_solved_in_the_workers():
    problem = Problem("p", "", "14", "equations")
    responses = ["2x + 3 = 31", "2x + 3 = 30", "nothing"]
    with Pool(1) as pool:
        words = pool.map("verify", [(problem, response) for response in responses])
    assert [word.reason for word in words] == [
        "equal.string", "differ.value", "no_answer.no_program",
    ]  # fmt: skip
