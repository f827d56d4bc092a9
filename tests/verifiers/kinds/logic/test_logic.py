import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Problem, audit, compare, verify
from verifiers.kinds.logic import entailed, equivalent, solver
from verifiers.kinds.logic.parser import parse
from verifiers.kinds.logic.syntax import Formula, negation

EQUIVALENT = [
    ("p ↔ q", r"(p \to q) \land (q \to p)"),
    ("p if and only if q", "(p -> q) & (q -> p)"),
    ("if p then q", "not p or q"),
    ("p only if q", "p => q"),
    ("p if q", "q -> p"),
    ("neither p nor q", "~p & ~q"),
    ("either p or q", "p | q"),
    ("p unless q", "~q -> p"),
    ("p == q", "p <-> q"),
    ("(if p then q) and r", "(p -> q) & r"),
    (r"p_{1} \lor p_2", "p_2 | p_1"),
    ("p implies q", r"\lnot q \Rightarrow \lnot p"),
    ("~(p v q)", "~p & ~q"),
    ("p ^ q", r"p \wedge q"),
    ("(p & q) ^ r", "((p & q) & ~r) | (~(p & q) & r)"),
    ("p ⊕ q", r"\lnot(p \leftrightarrow q)"),
    ("p ↑ q", "¬(p ∧ q)"),
    ("p nor q", "not p and not q"),
    ("T", "p ∨ ¬p"),
    (r"\bot", "p & ~p"),
    ("p <- q", "q -> p"),
    ("AB + C", r"A \cdot B + C"),
    ("A'B + AB'", r"A \oplus B"),
    (r"\overline{A + B}", r"\overline{A}\,\overline{B}"),
    ("F = AB + C", "C + BA"),
    ("AB", "A & B"),
    (r"$p \wedge q$.", r"\left(q \wedge p\right)"),
    (r"\text{p} \land \text{q}", "q ∧ p"),
    ("¬" * 41 + "p", "¬p"),
    (" & ".join(f"x{i}" for i in range(20)), " & ".join(f"x{i}" for i in reversed(range(20)))),
    ("∀x (Px → Qx)", "∀x. P(x) → Q(x)"),
    ("all x.(P(x) -> exists y.(R(x,y)))", "∀x (P(x) → ∃y R(x,y))"),
    (r"\neg\forall x P(x)", r"\exists x \neg P(x)"),
    ("For all x, P(x)", r"\forall u\, P(u)"),
    ("∃!x P(x)", "∃x (P(x) ∧ ∀y (P(y) → y = x))"),
    ("∀x ∈ S P(x)", "∀x (S(x) → P(x))"),
    ("∀x y (R(x,y))", "∀y∀x R(x,y)"),
    ("f(x) = y", "y = f(x)"),
    (r"x \neq y", "¬(y = x)"),
]
DIFFERENT = [
    ("p -> q", "q -> p"),
    ("p & q | r", "p & (q | r)"),
    ("(p -> q) -> r", "p -> q -> r"),
    ("P ∨ q", "p ∨ q"),
    ("p -> q", "p -> r"),
    ("A + B", "A B"),
    ("∀x P(x) → Q", "∀x (P(x) → Q)"),
    ("∀x∃y R(x,y)", "∃y∀x R(x,y)"),
    ("∀x P(x)", "P(x)"),
    ("∃x (P(x) ∧ Q(x))", "(∃x P(x)) ∧ (∃x Q(x))"),
    ("∀x (P(x) ∨ Q(x))", "∀x P(x) ∨ ∀x Q(x)"),
    ("P(a)", "P(b)"),
    ("∃x∃y x ≠ y", "∃x x = x"),
    ("R(x, y)", "R(y, x)"),
]


@pytest.mark.parametrize(("gold", "answer"), EQUIVALENT)
def test_equivalent_formulas(gold, answer):
    assert compare(gold, answer, "logic").reason == "equal.logic"
    assert compare(answer, gold, "logic").reason == "equal.logic"
    assert compare(gold, gold, "logic").reason == "equal.string"


@pytest.mark.parametrize(("gold", "answer"), DIFFERENT)
def test_different_formulas(gold, answer):
    assert compare(gold, answer, "logic").reason == "differ.logic"
    assert compare(answer, gold, "logic").reason == "differ.logic"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("p \\to (q", "undecided.parse_answer"),
        ("p q r", "undecided.parse_answer"),
        ("42", "undecided.parse_answer"),
        ("r and if p then q", "undecided.parse_answer"),
        ("__import__('os')", "undecided.parse_answer"),
        ("It is raining", "undecided.parse_answer"),
        ("(" * 200 + "p" + ")" * 200, "undecided.limit"),
        ("p & " * 2000 + "p", "undecided.limit"),
    ],
)
def test_what_is_no_formula_is_undecided(answer, reason):
    assert compare("p", answer, "logic").reason == reason
    gold = reason.replace("answer", "gold")
    assert compare(answer, "p", "logic").reason == gold


def test_out_of_budget_is_undecided(monkeypatch):
    monkeypatch.setattr(solver, "BUDGET", 1)
    pigeons = " & ".join(f"(x{i} | y{i})" for i in range(20))
    assert compare(pigeons, f"{pigeons} & {pigeons} & x0", "logic").reason == "undecided.budget"


def test_what_only_infinite_models_satisfy_is_undecided(monkeypatch):
    monkeypatch.setattr(solver, "BUDGET", 100_000)
    infinite = "∀x f(x) ≠ c ∧ ∀x∀y (f(x) = f(y) → x = y)"
    assert compare(infinite, "false", "logic").reason == "undecided.budget"


@pytest.mark.parametrize(
    "response",
    [
        r"The answer is $\forall y (\neg P(y) \lor Q(y))$.",
        r"\boxed{\forall y\, (\neg P(y) \lor Q(y))}",
        "Final answer: ∀y (¬P(y) ∨ Q(y))",
        "**Answer:** `∀y (¬P(y) ∨ Q(y))`",
        "So the formula is\n\n$$\\forall y (\\neg P(y) \\lor Q(y))$$",
        "<answer>forall y (not P(y) or Q(y))</answer>",
        "∀y (¬P(y) ∨ Q(y))",
        "We get:\n∀y (¬P(y) ∨ Q(y))",
    ],
)
def test_a_formula_is_found_in_a_response(response):
    problem = Problem("p", "", r"\forall x (P(x) \to Q(x))", None)
    found = verify(problem, f"<think>?</think>{response}")
    assert (found.reason, found.verifier) == ("equal.logic", "logic")


ATOMS = st.sampled_from("pqrs").map(lambda name: Formula("atom", (name, ())))
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(negation),
        st.tuples(st.sampled_from(["and", "or", "xor", "if", "iff"]), inner, inner).map(
            lambda t: Formula(t[0], t[1:])
        ),
    ),
    max_leaves=8,
)
SIGNS = {
    "unicode": {"and": "∧", "or": "∨", "xor": "⊕", "if": "→", "iff": "↔", "not": "¬"},
    "latex": {
        "and": r"\land", "or": r"\lor", "xor": r"\oplus", "if": r"\to", "iff": r"\iff",
        "not": r"\lnot",
    },
    "ascii": {"and": "&", "or": "|", "xor": "xor", "if": "->", "iff": "<->", "not": "~"},
    "words": {
        "and": "and", "or": "or", "xor": "xor", "if": "implies", "iff": "iff", "not": "not",
    },
}  # fmt: skip


def written(formula, signs):
    if formula.kind == "atom":
        return formula.args[0]
    if formula.kind == "not":
        return f"{signs['not']} ({written(formula.args[0], signs)})"
    left, right = (written(part, signs) for part in formula.args)
    return f"({left}) {signs[formula.kind]} ({right})"


def rewritten(formula, flip):
    """An equivalent formula: De Morgan, implications spelt out, operands swapped."""
    if formula.kind == "atom":
        return negation(negation(formula)) if flip else formula
    parts = [rewritten(part, not flip) for part in formula.args]
    match formula.kind:
        case "not":
            return negation(parts[0])
        case "and" | "or":
            other = "or" if formula.kind == "and" else "and"
            return negation(Formula(other, (negation(parts[1]), negation(parts[0]))))
        case "if":
            return Formula("or", (negation(parts[0]), parts[1]))
        case "iff":
            return Formula("and", (Formula("if", tuple(parts)), Formula("if", tuple(parts[::-1]))))
    return Formula("xor", (parts[1], parts[0]))


@settings(max_examples=150, deadline=None)
@given(FORMULAS, st.sampled_from(sorted(SIGNS)), st.sampled_from(sorted(SIGNS)), st.booleans())
def test_a_formula_equals_its_rewriting_and_never_its_negation(formula, first, second, flip):
    gold = written(formula, SIGNS[first])
    answer = written(rewritten(formula, flip), SIGNS[second])
    assert compare(gold, answer, "logic").verdict == "correct"
    assert compare(gold, f"not ({answer})", "logic").reason == "differ.logic"


@settings(max_examples=150, deadline=None)
@given(FORMULAS, FORMULAS)
def test_the_verdict_is_symmetric_and_tables_agree_with_the_solver(first, second):
    assert equivalent(first, second) == equivalent(second, first)
    different = solver.satisfiable(Formula("xor", (first, second)))
    assert equivalent(first, second) == (not different)


@pytest.mark.parametrize(
    ("premises", "conclusion", "value"),
    [
        (["p -> q", "p"], "q", "true"),
        (["p -> q", "~q"], "p", "false"),
        (["p -> q", "q"], "p", "unknown"),
        (["p", "~p"], "q", "contradiction"),
        (["∀x (Man(x) → Mortal(x))", "Man(socrates)"], "Mortal(socrates)", "true"),
        (["∀x (Man(x) → Mortal(x))", "Mortal(rex)"], "Man(rex)", "unknown"),
        (["∀x∀y∀z (R(x,y) & R(y,z) -> R(x,z))", "R(a,b)", "R(b,c)"], "R(a,c)", "true"),
    ],
)
def test_what_premises_say_of_a_conclusion(premises, conclusion, value):
    assert entailed([parse(text) for text in premises], parse(conclusion)) == value
    tests = json.dumps({"premises": premises, "conclusion": conclusion})
    if value == "contradiction":
        assert audit(Problem("p", "", "true", "logic", tests)).reason == "gold.no_solution"
        return
    assert audit(Problem("p", "", value, "logic", tests)).reason == "equal.truth"
    for other in {"true", "false", "unknown"} - {value}:
        asked = Problem("p", "", other, "logic", tests)
        assert audit(asked).reason == "gold.differs"
        assert verify(asked, f"So the statement is {value}.").reason == "differ.truth"
        assert verify(asked, f"So the statement is {other}.").reason == "equal.truth"


def test_premises_that_are_no_formulas_are_the_problems_fault():
    tests = json.dumps({"premises": ["p ->"], "conclusion": "q"})
    assert audit(Problem("p", "", "true", "logic", tests)).reason == "undecided.tests"
