"""One problem of every kind, with a response that is right, one that is wrong and its tests."""

import json
from typing import NamedTuple

from verifiers import Problem

STAFF = "CREATE TABLE staff(id INTEGER PRIMARY KEY, name TEXT, pay REAL);"
ROWS = [
    ["INSERT INTO staff VALUES (1, 'Ann', 10), (2, 'Bob', 20), (3, 'Ann', 20)"],
    ["INSERT INTO staff VALUES (4, 'Cy', 5), (5, 'Di', NULL)"],
]
ISLAND = (
    "Knights always tell the truth, knaves always lie. You meet Ann and Bob. "
    'Ann says: "Bob is a knave." "Ann and I are of the same kind," Bob replied. '
    "You know that Ann is a knight."
)
STREET = """There are 2 houses, numbered 1 to 2 from left to right.
 - Each person has a unique name: `Eric`, `Arnold`
 - People have unique favorite sports: `soccer`, `tennis`

## Clues:
1. Arnold is not in the first house.
2. The person who loves tennis is directly left of Arnold.
"""
GRID = json.dumps(
    {
        "header": ["House", "Name", "Sport"],
        "rows": [["1", "Eric", "tennis"], ["2", "Arnold", "soccer"]],
    }
)


class Example(NamedTuple):
    """A problem, a right response and a wrong one with its reason."""

    problem: Problem
    right: str
    wrong: str
    reason: str


def _example(kind, gold, right, wrong, reason, tests=None, statement=""):
    text = None if tests is None else json.dumps(tests)
    return Example(Problem("p", statement, gold, kind, text), right, wrong, reason)


EXAMPLES = {
    "boolean": _example(
        "boolean", "false", "The claim is not true.", "It is true.", "differ.truth"
    ),
    "constraints": _example(
        "constraints", None, "nothing to add", "well, no", "differ.constraint",
        {"constraints": [{"id": "punctuation:no_comma"}]},
    ),
    "knights": _example(
        "knights", "Ann is a knight, Bob is a knave.", "So Ann is a knight and Bob is a knave.",
        "Both Ann and Bob are knights.", "differ.assignment", statement=ISLAND,
    ),
    "logic": _example(
        "logic", "p -> q", r"\boxed{\lnot p \lor q}", r"\boxed{q \to p}", "differ.logic"
    ),
    "quotes": _example(
        "quotes", None, 'It says "the sky is blue" [1].', 'It says "the sky is red" [1].',
        "differ.quote", {"sources": {"1": "Today the sky is blue."}},
    ),
    "sql": _example(
        "sql", "SELECT name FROM staff WHERE pay > 5", "SELECT name FROM staff WHERE NOT pay <= 5",
        "SELECT DISTINCT name FROM staff WHERE pay > 5", "differ.rows",
        {"schema": STAFF, "databases": ROWS},
    ),
    "table": _example(
        "table", "| a | b |\n|---|---|\n| x | 1,000 |", "a,b\nx,1000", "a,b\nx,1001", "differ.table"
    ),
    "zebra": _example(
        "zebra", GRID, "House 1: Eric, tennis\nHouse 2: Arnold, soccer",
        "House 1: Eric, soccer\nHouse 2: Arnold, tennis", "differ.assignment", statement=STREET,
    ),
}  # fmt: skip
"""The kinds of `verifiers.base.kinds.KINDS` whose packages are always there."""
