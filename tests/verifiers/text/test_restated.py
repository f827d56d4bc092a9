"""Words that the question said say nothing beside the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Problem
from verifiers.dispatch import compare_to
from verifiers.text.restated import same_but_for_question, value_said

SMALLEST = "Find the smallest value of $x+y$."


@pytest.mark.parametrize(
    ("problem", "gold", "answer", "verdict"),
    [
        (SMALLEST, "4", "The smallest value is 4", "correct"),
        (SMALLEST, "4", "The largest value is 4", "incorrect"),
        (SMALLEST, "4", "The smallest value is not 4", "incorrect"),
        ("Решите уравнение $\\log_3 x=2$.", "9", "Ответ: $x=9$", "correct"),
        ("抛物线的焦点坐标是____。", "(2,0)", "焦点为 $F(2, 0)$", "correct"),
        ("抛物线的焦点坐标是____。", "(2,0)", "顶点为 $F(2, 0)$", "undecided"),
        ("求最小值", "4", "最小值是4，当且仅当$x=y$时取等号", "correct"),
        (r"Find $\lim_{x\to0} x$.", "The limit is 3.", "3", "correct"),
        ("What is the median of 3, 5, 9?", "5", r"\text{The median is }5", "correct"),
        ("求值", "3", "原式$=3$", "correct"),
        ("Solve $2x > 6$.", "x > 3", "The solution is $x > 3$", "correct"),
        ("Parity of the permutation (12)(34)?", "even", "It is an even permutation", "correct"),
        ("Parity of the permutation (12)(34)?", "even", "It is an odd permutation", "incorrect"),
        ("Is it even or odd?", "even", "even and odd", "incorrect"),
        (
            "Of the reaction, is it exothermic or endothermic?",
            "exothermic",
            "an exothermic reaction",
            "correct",
        ),
        ("Is f strictly increasing?", "increasing", "strictly increasing", "undecided"),
    ],
)
def test_a_verdict_with_its_question(problem: str, gold: str, answer: str, verdict: str) -> None:
    assert compare_to(Problem("p", problem, gold), answer).verdict == verdict


@given(st.integers(-99, 99), st.sampled_from(("is", "=", ":", "is:")))
def test_only_what_the_question_calls_it_is_left_out(number: int, copula: str) -> None:
    assert value_said(f"The smallest value {copula} {number}", SMALLEST).strip(": ") == str(number)
    other = f"The smallest factor {copula} {number}"
    assert value_said(other, SMALLEST) == other


@given(st.sampled_from(("not", "never", "only", "nearly", "without")))
def test_a_denial_is_never_left_out(word: str) -> None:
    problem = f"Which graph is {word} planar or {word} connected, and {word} a tree?"
    assert not same_but_for_question("a tree", f"{word} a tree", problem)
