import pytest

from verifiers import Problem, answer_kind, compare, verify


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ("Paris", "Paris", "equal.string"),
        ("Paris", "  paris. ", "equal.text"),
        (r"\text{east}", r"\text{East}", "equal.text"),
        (r"\text{Evelyn}", "Evelyn", "equal.string"),
        ("united states", "The United States", "equal.text"),
        ("na\u00efve", "nai\u0308ve", "equal.text"),
        ("True", "Yes", "equal.text"),
        ("No", "false", "equal.text"),
        ("Yes", "No", "differ.text"),
        (r"\text{not even}", r"\text{even}", "differ.text"),
        ("Paris", "Pari", "differ.text"),
        ("Paris", "Paris or London", "no_answer.hedged"),
        ("ABBA", "ABAB", "differ.text"),
        ("H2O", "HO2", "differ.text"),
        ("NaCl", "nacl", "differ.text"),
        ("1776-07-04", "1776-07-05", "differ.value"),
    ],
)
def test_words_are_compared_as_words(gold, answer, reason):
    assert compare(gold, answer).reason == reason


def test_a_text_answer_is_taken_out_of_a_response():
    problem = Problem("p", "Which way?", r"\text{east}", None)
    assert verify(problem, "She turns. Therefore, the answer is East.").reason == "equal.text"
    assert verify(problem, "<answer>west</answer>").reason == "differ.text"


KINDS = [
    ("42", "math"),
    ("\\frac{1}{2}", "math"),
    ("x", "math"),
    ("ab-ac", "math"),
    ("18 dollars", "math"),
    ("\\sin x", "math"),
    ("pi", "math"),
    ("[[1,2],[3,4]]", "math"),
    ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "math"),
    ("Paris", "text"),
    ("ABBA", "text"),
    ("July 4, 1776", "text"),
    ("\\text{Navin}", "text"),
    ("True", "text"),
    ("C", "choice"),
    ("(C)", "choice"),
    (None, None),
    (" ", None),
    ("line one\nline two", None),
    ('{"a": 1}', "json"),
    ("def f(x):", None),
    (
        "Every even number greater than two that anyone has ever tried is the sum of two primes",
        None,
    ),
]


@pytest.mark.parametrize(("gold", "kind"), KINDS)
def test_the_gold_decides_the_kind(gold, kind):
    assert answer_kind(gold, "") == kind
