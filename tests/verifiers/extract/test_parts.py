"""Several values that are told one after the other are right together or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Problem, compare, verify

NUMBERS = st.integers(-99, 99)


def verdict(gold: str, response: str) -> str:
    return str(verify(Problem("Solve it.", "", gold), response).verdict)


@pytest.mark.parametrize(
    "response",
    [
        "Adding gives 2x = 4, so x = 2. Substituting back, y = -1.",
        "Solution:\n- x = 2\n- y = -1",
        "We get:\n1. $x = 2$\n2. $y = -1$",
        "由题意得 x=2。\n代入得 y=-1。",
        '{"x": 2, "y": -1}',
        "Therefore\n\\[\n\\begin{aligned}\nx &= 2,\\\\\ny &= -1.\n\\end{aligned}\n\\]",
        "\\begin{align*} x &= 1 + 1 \\\\ &= 2 \\\\[4pt] y &= 1 - 2 = -1 \\tag{2} \\end{align*}",
        "\\boxed{\\begin{gathered} x = 2 \\\\ y = -1 \\end{gathered}}",
    ],
)
def test_all_of_them_are_the_answer_where_several_are_asked(response: str) -> None:
    assert verdict("x = 2, y = -1", response) == "correct"
    assert verdict("(2, -1)", response) == "correct"
    for other in ("x = 2, y = 1", "x = -1, y = 2", "(-1, 2)", "(2, -1, 0)"):
        assert verdict(other, response) == "incorrect", other


def test_the_parts_of_a_problem_are_told_apart() -> None:
    assert verdict("(a) 4 (b) 6", "(a) 4\n(b) 6") == "correct"
    assert verdict("(a) 4 (b) 6", "(a) 6\n(b) 4") == "incorrect"
    assert verdict("x=2, y=3", "（1）由题意得 x=2；\n（2）代入得 y=3。") == "correct"


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_none_of_them_may_be_wrong(a: int, b: int, c: int, d: int) -> None:
    response = f"From the first equation, x = {a}. The second one then says that y = {b}."
    same = (a, b) == (c, d)
    assert (verdict(f"x = {c}, y = {d}", response) == "correct") == same


def test_the_last_alone_answers_a_single_question() -> None:
    response = "First, a = 3. Then b = 6."
    assert verdict("6", response) == "correct"
    assert verdict("3", response) != "correct"


def test_two_values_of_one_name_may_be_two_roots_or_one_that_was_corrected() -> None:
    response = "So we get x = 1. The other root is x = 3."
    assert verdict("1, 3", response) == "undecided"
    assert verdict("3", response) == "correct"
    assert verdict("2, 3", response) == "incorrect"


def test_what_is_denied_or_supposed_is_no_part() -> None:
    assert verdict("(2, -1)", "Suppose x = 2. Substituting back, y = -1.") != "correct"
    assert verdict("(2, -1)", "It is not true that x = 2. Substituting back, y = -1.") != "correct"


def test_a_set_is_read_with_what_it_leaves_out() -> None:
    response = "The domain is all real numbers except 2."
    assert verdict("x \\neq 2", response) == "correct"
    assert verdict("\\mathbb{R}", response) == "incorrect"
    assert verdict("\\mathbb{R} \\setminus \\{3\\}", response) == "incorrect"
    both = "The domain is all real numbers except x = 1 and x = 2."
    assert verdict("(-\\infty,1)\\cup(1,2)\\cup(2,\\infty)", both) == "correct"


def test_a_chance_of_three_in_eight() -> None:
    assert verdict("\\frac{3}{8}", "So the probability is 3 in 8.") == "correct"
    assert verdict("\\frac{3}{8}", "The chance is 5 out of 8.") == "incorrect"


def test_a_display_of_a_derivation_comes_to_its_end() -> None:
    rows = "\\frac{2x^2+x}{x} &= \\frac{x(2x+1)}{x} \\\\\n&= 2x+1"
    display = f"\\[\\begin{{align*}}\n{rows}\n\\end{{align*}}\\]"
    assert verdict("2x+1", display) == "correct"
    assert verdict("2x-1", display) == "incorrect"
    solved = "\\begin{align} 2x + 3 &= 7 \\\\ \\implies 2x &= 4 \\\\ x &= 2 \\end{align}"
    assert verdict("2", solved) == "correct"
    assert verdict("4", solved) != "correct"


@pytest.mark.parametrize(
    ("gold", "answer", "same"),
    [
        ("x = 0, y = 0", "0", False),
        ("x = 0, y = 0", "x = y = 0", True),
        ("x = y = 0", "x = 0, y = 0", True),
        ("a = 1, b = 1, c = 1", "a = b = 1", False),
        ("x_1 = 2, x_2 = 2", "2", True),
    ],
)
def test_two_names_are_two_values_though_they_are_equal(gold: str, answer: str, same: bool) -> None:
    for one, other in ((gold, answer), (answer, gold)):
        found = str(compare(one, other).verdict)
        assert found == ("correct" if same else "incorrect")


@pytest.mark.parametrize(
    ("gold", "response"),
    [
        ("(a) -2 (b) 5", "(a) The slope is -2.\n\n(b) Setting $x=0$ yields $y=5$."),
        ("(a) -2 (b) 5", "Part (a). It is $-2$. Part (b). We get $2+3$, so it is $5$."),
        ("体积60，表面积94", "体积：$3\\times4\\times5=60$。\n表面积：$2(12+15+20)=94$。"),
        ("圆心(2,0)，半径2", "**圆心**：$(2,0)$；**半径**：$r=2$。"),
        ("x=2,5", "The roots:\n- $x=2$\n- $x=5$"),
        ("x=2,5", "A factor is zero:\n(i) x = 2;\n(ii) x = 5."),
        ("(1,2)", "Average the coordinates:\nx\u0304 = 1\ny\u0304 = 2"),
        ("k=\\pm6", "Possible values: 6, −6."),
    ],
)
def test_labelled_parts_and_points_of_a_list_belong_together(gold: str, response: str) -> None:
    assert verdict(gold, response) == "correct"


@pytest.mark.parametrize(
    ("gold", "response"),
    [
        ("(a) -2 (b) 5", "(a) The slope is 2.\n\n(b) Setting $x=0$ yields $y=5$."),
        ("体积60，表面积94", "体积：$3\\times4\\times5=60$。\n表面积：$2(12+15)=54$。"),
        ("x=2,5", "The roots:\n- $x=2$\n- $x=3$"),
    ],
)
def test_one_wrong_part_is_a_wrong_answer(gold: str, response: str) -> None:
    assert verdict(gold, response) == "incorrect"


def test_a_step_and_the_next_are_no_two_roots() -> None:
    assert verdict("x=1,3", "1. x = 1\n2. x = 3") == "undecided"


def test_a_value_that_was_told_before_the_last_is_not_called_wrong() -> None:
    assert verdict("2", "So $a=2$. The other root is then $-3$.") == "undecided"


def test_bold_behind_a_formula_is_the_answer() -> None:
    assert verdict("7", "At 25 °C, $[H^+]=10^{-7}$ M. Thus **pH = 7.0** (neutral).") == "correct"


def test_a_display_that_ends_a_response_is_its_conclusion() -> None:
    response = "It follows.\n\\[\nA=\\int_0^1(x-x^2)\\,dx=\\frac12-\\frac13=\\frac16. \\tag{1}\n\\]"
    assert verdict("\\frac16", response) == "correct"


@pytest.mark.parametrize(
    ("gold", "response", "right"),
    [
        ("(1,2)", "So x = 1.\nAnd y = 2.", True),
        ("(1,2)", "So y = 1.\nAnd x = 2.", False),
        ("(3, 2)", "The perimeter is 3. The area is 2.", False),
        ("(a) 3 (b) 2", "(a) It is 3.\n(b) It is 2.", True),
    ],
)
def test_names_tell_the_place_in_a_tuple_or_none_is_told(
    gold: str, response: str, right: bool
) -> None:
    assert (verdict(gold, response) == "correct") == right
