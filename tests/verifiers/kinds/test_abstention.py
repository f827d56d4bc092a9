"""Where a problem has no answer, it is right to say so and wrong to name one."""

import pytest

from verifiers import Problem, audit, verify

WRONG = "the price of a peach is missing"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("The price is not given, so it cannot be determined.", "equal.abstention"),
        ("We don't have enough information to figure out the cost.", "equal.abstention"),
        ("\\boxed{\\text{cannot be determined}}", "equal.abstention"),
        ("The premises contradict each other; there is no answer.", "equal.abstention"),
        ("It doesn't say how much a peach costs. Could you clarify?", "equal.abstention"),
        ("题目条件不足，无法确定。", "equal.abstention"),
        ("<think>It cannot be determined.</think>\n\nThe answer is 12.", "differ.abstention"),
        ("The price is not given. Assuming 2 dollars, it is \\boxed{24}.", "differ.abstention"),
        ("There is no contradiction, so x = 4.", "differ.abstention"),
        ("3 + 4 = 7 peaches.", "differ.abstention"),
        ("<think>Hm. It cannot be", "no_answer.unclosed"),
        ("Peaches are a fruit.", "no_answer.not_found"),
    ],
)
def test_a_response_gets_its_reason(response: str, reason: str) -> None:
    assert verify(Problem("p", "", WRONG, "abstention"), response).reason == reason


def test_problems_of_this_kind_need_no_gold() -> None:
    assert audit(Problem("p", "", None, "abstention")).verdict == "correct"
