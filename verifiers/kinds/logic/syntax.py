"""Formulas of propositional and first-order logic as plain immutable data."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Formula(NamedTuple):
    """A node: `kind` and its arguments.

    `true`, `false`; `atom` (name, terms): a proposition where there are no terms; `eq` (two
    terms); `not` (one formula); `and`, `or`, `xor` (two or more); `if`, `iff` (two);
    `all`, `some`, `one` (a variable's name, a formula). A term is (name, terms).
    """

    kind: str
    args: tuple[Any, ...] = ()


TRUE, FALSE = Formula("true"), Formula("false")
QUANTIFIERS = ("all", "some", "one")


def negation(formula: Formula) -> Formula:
    """Not `formula`."""
    return Formula("not", (formula,))


def parts(formula: Formula) -> tuple[Formula, ...]:
    """The formulas directly below one."""
    return tuple(part for part in formula.args if isinstance(part, Formula))


def walk(formula: Formula) -> Iterator[Formula]:
    """The formula and all formulas below it."""
    yield formula
    for part in parts(formula):
        yield from walk(part)


def is_propositional(formula: Formula) -> bool:
    """Whether there are no terms, no equations and no quantifiers."""
    return all(
        node.kind not in (*QUANTIFIERS, "eq") and not (node.kind == "atom" and node.args[1])
        for node in walk(formula)
    )


def names(formula: Formula) -> frozenset[str]:
    """The names of all atoms."""
    return frozenset(node.args[0] for node in walk(formula) if node.kind == "atom")
