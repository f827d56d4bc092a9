"""Yes and no, said by repeating the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Problem, verify
from verifiers.text.yes_no import repeated

SAID = [
    (r"Does $\sum 1/n^2$ converge?", "the series converges", "yes"),
    ("Is the sequence $(-1)^n$ convergent?", "therefore it diverges", "no"),
    ("Is $f(x)=|x|$ differentiable at 0?", "not differentiable at 0", "no"),
    ("Can the board be tiled by dominoes?", "It is impossible", "no"),
    ("Can a 6×6 board be tiled by 1×4 rectangles?", "such a tiling exists", "yes"),
    (r"Is $2\sqrt2$ rational?", "irrational", "no"),
    ("Does there exist a simple graph with degrees 3,3,3?", "such a graph cannot exist", "no"),
    ("Is 2027 divisible by 3?", "it isn't divisible by 3", "no"),
    ("Are the vectors linearly independent?", "They are linearly dependent", "no"),
    (r"Is the relation $\le$ on $\mathbb R$ symmetric?", "it is not symmetric", "no"),
    ("Determine whether the group is abelian.", "The group is nonabelian.", "no"),
    ("Is it possible to cut the square into 5 squares?", "It is not possible.", "no"),
]
NOT_SAID = [
    ("Does the series converge absolutely?", "the series converges"),  # an adverb is left out
    ("Does the series converge absolutely?", "it converges conditionally"),
    ("Is every continuous function differentiable?", "it is not continuous"),
    ("Is $f$ increasing on $(0,1)$?", "So f is decreasing"),  # it may be neither
    ("Is the matrix invertible?", "the matrix is singular"),  # no word of the question
    ("Is $f$ differentiable?", "it is differentiable except at 0"),
    ("What is the sum?", "the series converges"),
    ("Does every bounded sequence converge?", "every convergent sequence is bounded"),
    ("Is the series convergent?", "It is not true that the series diverges"),
]


@pytest.mark.parametrize(("problem", "answer", "means"), SAID)
def test_the_question_repeated_says_yes_or_no(problem: str, answer: str, means: str) -> None:
    assert repeated(answer, problem) == means
    right = verify(Problem("p", problem, means.capitalize()), f"We checked it. So {answer}.")
    wrong = verify(
        Problem("p", problem, "No" if means == "yes" else "Yes"), f"We checked it. So {answer}."
    )
    assert (right.verdict, wrong.verdict) == ("correct", "incorrect")


@pytest.mark.parametrize(("problem", "answer"), NOT_SAID)
def test_anything_else_says_neither(problem: str, answer: str) -> None:
    assert repeated(answer, problem) is None


@given(word=st.sampled_from(["convergent", "symmetric", "injective", "finite", "compact"]))
def test_denying_turns_yes_into_no(word: str) -> None:
    problem = f"Is the given set {word}?"
    assert {repeated(f"it is {word}", problem), repeated(f"it is not {word}", problem)} in (
        {"yes", "no"},
        {None},
    )


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_raises(answer: str, problem: str) -> None:
    assert repeated(answer, problem) in ("yes", "no", None)
