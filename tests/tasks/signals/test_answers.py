import pytest

from tests.tasks.signals.measured import measured, one


def found(thought: str, answer: str | None) -> tuple[int, int, int | None, bool | None]:
    names = ["candidate_answers", "answer_switches", "first_correct", "thought_correct"]
    row = measured(*names, thought=thought, answer=answer)
    return tuple(row[name] for name in names)  # type: ignore[return-value]


def test_the_first_answer_that_is_right_is_found_and_what_follows() -> None:
    first = "We add.\nSo the answer is 5."
    thought = first + "\nWait, let me check: it might be 6.\nSo the answer is 6.\nNo: \\boxed{5}"
    assert found(thought, "5") == (3, 2, len(first), True)
    assert one("overthinking", thought, answer="5") == pytest.approx(1 - len(first) / len(thought))


@pytest.mark.parametrize(
    ("thought", "answer"),
    [
        ("Therefore, the total cost is $1,250.", "1250"),
        ("So \\(x = \\frac{1}{2}\\).", "0.5"),
        ("The correct answer is **(B)**.", "B"),
        ("Thus, 3 + 4 = 7 apples.", "7"),
        ("So, the solution \\( x + y = 36 \\) seems correct.", "36"),
        ("Finally, the speed is \\(\\frac{36\\pi}{3} = 12\\pi\\) inches per second.", "12\\pi"),
        ("So, the perimeter is \\( 18 + 2\\pi \\) units.", "18+2\\pi"),
        ("So the side is 3\\sqrt{2}.", "3\\sqrt{2}"),
        ("So, the difference is 20π - 13π = 7π.", "7\\pi"),
        ("The final answer is \\boxed{\\dfrac{3}{4}}", "\\frac{3}{4}"),
        ("<answer>Tuesday</answer>", "Tuesday"),
        ("The answer is **Tuesday**.", "tuesday"),
        ('"answer": "10"', "10"),
        ("#### 18", "18"),
        ("The answer is (E) Hyperbola.", "\\text{(E)}"),
        ("So, option 1 seems correct.", "1"),
        ("Perhaps the closest is option 3, aunt or uncle.", "3"),
        ("So, \\( w = 6 - 5i \\).", "6 - 5i"),
        ("I am looking for the positive one, so the solution is $x = 66$.", "66"),
        ("I find that 2220 is the smallest number that meets the criteria.", "2220"),
        ("Therefore, Teresa sold 12 small stuffed animals.", "12"),
        ("The answer is (C).", "We factor it.\n\nThus it is:\n\\[\n\\boxed{C}\n\\]"),
    ],
)
def test_an_answer_is_read_in_the_ways_it_is_stated(thought: str, answer: str) -> None:
    assert found(thought, answer)[3] is True, found(thought, answer)


@pytest.mark.parametrize(
    "thought",
    [
        "We have 5 apples and 3 pears. Let x = 5. Hmm.",
        "So, option 5 is incorrect.",
        "Therefore, we test 5 of the 8 cases.",
        "So I am done.",
    ],
)
def test_a_value_on_the_way_is_no_answer(thought: str) -> None:
    assert found(thought, "5") == (0, 0, None, None)


def test_without_a_gold_answer_nothing_is_right() -> None:
    assert found("So the answer is 5.", None) == (1, 0, None, None)
