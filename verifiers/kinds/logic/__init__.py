"""Formulas: the answer is logically equivalent to the gold, or says whether a conclusion follows.

Without `tests` the gold is a formula. With `{"premises": [...], "conclusion": "..."}` it is a truth
value: true where the conclusion follows, false where its negation does, else unknown.
"""

from verifiers.base.kinds import Kind, declare
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import NEAR, final_answer
from verifiers.kinds.boolean import compare_truth, read_truth, stated_truth
from verifiers.kinds.logic.parser import parse, parse_both, parse_or_none
from verifiers.kinds.logic.syntax import Formula, is_propositional, names, negation
from verifiers.kinds.logic.truth_tables import MOST, table
from verifiers.math.parsing.tree import TooBigError, UnreadableError

_LAST_LINES = 6  # of a response, in which an unmarked formula is looked for


def extract(response: str) -> str | None:
    """The formula or the truth value that a response states, else the last line that is one."""
    stated = final_answer(response, "math")
    if stated and parse_or_none(stated):
        return stated
    for line in reversed(response[-NEAR:].split("\n")[-_LAST_LINES:]):
        formula = parse_or_none(line.strip(" *>#"))
        if formula and formula.kind != "atom":
            return line.strip(" *>#")
    return stated or stated_truth(response)


def compare(problem: Problem, answer: str) -> str:
    """`equal.logic`, `differ.logic` or why it cannot be said; of a truth value as in `boolean`."""
    gold = problem.answer or ""
    if problem.tests:
        return compare_truth(gold, answer)
    if gold.strip() == answer.strip():
        readable = parse_both(gold, gold)[0] is not None
        return "equal.string" if readable else "undecided.parse_gold"
    try:
        ours, theirs = parse_both(gold, answer)
        if ours is None:
            return "undecided.parse_gold"
        if theirs is None:
            return "undecided.parse_answer"
        same = equivalent(ours, theirs)
    except TooBigError:
        return "undecided.limit"
    return "undecided.budget" if same is None else "equal.logic" if same else "differ.logic"


def audit(problem: Problem) -> str:
    """Whether the gold can be read and, of a conclusion, whether it is what follows."""
    gold = problem.answer or ""
    if not problem.tests:
        return compare(problem, gold)
    try:
        asked = read_tests(problem.tests, ("premises", "conclusion"))
        premises = [parse(text) for text in asked["premises"]]
        found = entailed(premises, parse(asked["conclusion"]))
    except (UnreadableError, TooBigError, TypeError, AttributeError):
        return "undecided.tests"
    if found == "contradiction":
        return "gold.no_solution"
    gold_value = read_truth(gold)
    if gold_value is None:
        return "undecided.parse_gold"
    return "equal.truth" if found in (gold_value, None) else "gold.differs"


def equivalent(first: Formula, second: Formula) -> bool | None:
    """Whether two formulas have the same value in every interpretation; None: out of budget."""
    found = satisfiable(Formula("xor", (first, second)))
    return None if found is None else not found


def entailed(premises: list[Formula], conclusion: Formula) -> str | None:
    """ "true", "false" or "unknown": what the premises say of the conclusion.

    "contradiction" where the premises exclude each other; None: out of budget.
    """
    possible = satisfiable(Formula("and", (*premises, conclusion)))
    avoidable = satisfiable(Formula("and", (*premises, negation(conclusion))))
    if possible is None or avoidable is None:
        return None
    if possible and avoidable:
        return "unknown"
    if not possible and not avoidable:
        return "contradiction"
    return "true" if possible else "false"


def satisfiable(formula: Formula) -> bool | None:
    """Whether some interpretation makes a formula true; None: out of budget."""
    if is_propositional(formula) and len(atoms := sorted(names(formula))) <= MOST:
        return table(formula, atoms) != 0
    from verifiers.kinds.logic import solver  # z3 takes its time to load

    return solver.satisfiable(formula)


declare(Kind("logic", extract, compare, audit))
