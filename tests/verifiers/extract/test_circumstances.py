"""What says when, for which letters or for whom a value holds is no value, but may limit one."""

import pytest

from verifiers import Problem, verify
from verifiers.extract.final_answer import final_answer

RESIDUES = r"x\equiv 8 \pmod{15}"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (r"They are $e^{k\pi i/2}$ for $k=0,1,2,3$.", r"e^{k\pi i/2}"),
        (r"So $x = 8+15k$ for integer $k$.", "8+15k"),
        (r"Hence $y=Ae^{x}$ with an arbitrary constant $A$.", "Ae^{x}"),
        (r"So $y(t)=Ae^{2t}$ with $A$ arbitrary.", "y(t)=Ae^{2t}"),
        (r"So $x = 3$, where x is positive.", "3"),
        (r"So $x = 8+15k$, where $k$ is a positive integer.",
         "8+15k, where $k$ is a positive integer"),
        (r"2.5 h × 3600 s/h = 9,000 s", "2.5 h × 3600 s/h = 9,000 s"),
        (r"In metres that is 3.2 × 1000, so we have 3.2 km = 3200 m.", "3200 m"),
        ("The only such prime is 3. $\\blacksquare$", "3"),
        ("So n = 7. ∎", "7"),
        ("The curves meet twice.\n\\[A=\\frac12-\\frac13=\\frac16 \\tag{1}\\]", r"\frac16"),
        ("【解析】$(-2)^3=-8$。\n【答案】$-3$", "-3"),
        ("There are six of them.", "six"),
        ("\\[ \\frac{60}{12} = 5 \\, \\text{dozens} \\]\n\nSo she makes 5 dozens of cookies.",
         r"5 \, \text{dozens}"),
        ("He will need 120 / 15 = 8 packs of gum to last him 30 days.", "8"),
        ("The comforter has 14 + 18 + 24 + 12 = 68 square feet.", "68 square feet"),
    ],
)  # fmt: skip
def test_the_value_is_taken_and_not_what_stands_around_it(said: str, answer: str) -> None:
    assert (final_answer(said) or "").strip() == answer


def test_a_condition_that_leaves_something_out_is_judged_with_its_value() -> None:
    problem = Problem("p", "Solve the system of congruences.", RESIDUES)
    every = verify(problem, r"So $x = 8+15k$, where $k$ is an integer.")
    some = verify(problem, r"So $x = 8+15k$, where $k$ is a positive integer.")
    assert (every.verdict, some.verdict) == ("correct", "undecided")
