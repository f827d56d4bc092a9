import pytest

from verifiers import Problem, answer_kind, compare, verify
from verifiers.extract.choices import choose
from verifiers.extract.options import options_of
from verifiers.kinds.choice import letter_of

CITIES = "What is the capital of France? (A) London (B) Berlin (C) Paris (D) Rome"
SUMS = "6 times 7?\n\nA. 36\nB) 40\nC: 42\nD. 48"
LATEX = r"Pick: $\textbf{(A)}\ 1 \qquad \textbf{(B)}\ 2 \qquad\text{(C)}\ \frac{1}{2}$"


@pytest.mark.parametrize(
    ("problem", "options"),
    [
        (CITIES, {"A": "London", "B": "Berlin", "C": "Paris", "D": "Rome"}),
        (SUMS, {"A": "36", "B": "40", "C": "42", "D": "48"}),
        (LATEX, {"A": "1", "B": "2", "C": r"\frac{1}{2}"}),
        ("Point A. Point C. A man walks.", {}),
        ("no options", {}),
    ],
)
def test_options_are_read_from_the_problem(problem, options):
    assert dict(options_of(problem)) == options


@pytest.mark.parametrize(
    ("gold", "letter"),
    [
        ("C", "C"),
        ("(C)", "C"),
        (r"\text{(C)}", "C"),
        ("C.", "C"),
        ("K", None),
        ("c", None),
        ("CO", None),
    ],
)
def test_the_letter_of_a_gold(gold, letter):
    assert letter_of(gold) == letter


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("C", "equal.choice"),
        ("(C)", "equal.choice"),
        (r"\text{(C)}", "equal.choice"),
        (r"\textbf{C}", "equal.choice"),
        ("c", "equal.choice"),
        ("Ｃ", "equal.choice"),
        ("C.", "equal.choice"),
        ("(C) Paris", "equal.choice"),
        ("C. Paris", "equal.choice"),
        ("Paris", "equal.choice"),
        ("paris.", "equal.choice"),
        ("option C", "equal.choice"),
        ("B", "differ.choice"),
        ("Rome", "differ.choice"),
        ("(C) Rome", "differ.choice"),  # the letter and another option's text
        ("A, B, C, D", "no_answer.hedged"),
        ("A or C", "no_answer.hedged"),
        ("\u0421", "differ.choice"),  # a Cyrillic letter
        ("Madrid", "differ.choice"),
    ],
)
def test_an_answer_to_a_choice(answer, reason):
    problem = Problem("p", CITIES, "C", None)
    assert answer_kind("C", CITIES) == "choice"
    assert verify(problem, rf"\boxed{{{answer}}}").reason == reason


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("It is not C. The answer is D.", "D"),
        ("The answer is C. Wait, the answer is D.", "D"),
        ("I think it's (D).", "D"),
        ("B is correct. Or maybe C. Actually let's finalize B", "B"),
        ("It's not A because it doesn't make sense, therefore I think it's B", "B"),
        ("I think so.", None),
        ("It is a dog", None),
        ("The answer is A dog", None),
        ("The answer is A because of this", "A"),
        ("nothing at all", None),
    ],
)
def test_the_last_undenied_decision_counts(text, letter):
    found = choose(text)
    assert (found.text() if found else None) == letter


@pytest.mark.parametrize(
    ("gold", "response", "reason"),
    [
        ("D", "It is not C. The answer is D.", "equal.choice"),
        ("A", "It is not A. The answer is B.", "differ.choice"),
        ("A", "Answer: (A) because B is wrong", "equal.choice"),
        ("B", "So the answer is B. This is basic arithmetic.\n\nAnswer: B", "equal.choice"),
        ("I", "I think the answer is B", "differ.choice"),
        ("C", "Jupiter. So the answer is (C) Paris.", "equal.choice"),
    ],
)
def test_choices_in_prose(gold, response, reason):
    assert verify(Problem("p", CITIES, gold, "choice"), response).reason == reason


def test_without_the_problem_a_letter_is_still_a_choice():
    assert compare("C", "(C)").reason == "equal.choice"
    assert compare("C", "D").verifier == "choice"


ROOTS = r"The height is (A) $2$ (B) $\sqrt{3}$ (C) $2\sqrt{3}$ (D) $4\sqrt{3}$"


@pytest.mark.parametrize(
    ("response", "verdict"),
    [(r"\boxed{2\sqrt{3}}", "correct"), (r"\boxed{4\sqrt{3}}", "incorrect")],
)
def test_an_option_s_formula_stands_for_its_letter(response, verdict):
    assert verify(Problem("p", ROOTS, "C", "choice"), response).verdict == verdict


def test_a_formula_is_no_letter():
    assert compare(r"\sqrt{e}", "e").verdict == "incorrect"
    assert compare(r"\text{C}", "c").verdict == "correct"
