"""First-order formulas and large propositional ones, by z3 under a budget.

A model of up to three things is looked for first, because a small model settles most formulas that
differ and z3 may search for ever with quantifiers; then z3 proves that there is none at all.
"""

from collections.abc import Sequence
from typing import Any

import z3

from verifiers.kinds.logic.syntax import QUANTIFIERS, Formula, is_propositional

BUDGET = 1_000_000
"""z3's own resource units for one question, one or two seconds: the same on every machine."""
WALL = 4000  # milliseconds, for a machine so slow that the budget would outlast the pool's deadline
_DOMAINS = (1, 2, 3)
_MOST_INSTANCES = 20_000  # ground instances of one formula in one domain


def satisfiable(formula: Formula) -> bool | None:
    """Whether some interpretation makes `formula` true; None when the budget ran out."""
    if is_propositional(formula):
        return _decided(_Translation(()), formula)
    for size in _DOMAINS:
        domain = tuple(f"#{index}" for index in range(size))
        if _instances(formula, size) <= _MOST_INSTANCES and _decided(_Translation(domain), formula):
            return True
    return _decided(_Translation(()), formula)


def _decided(translation: "_Translation", formula: Formula) -> bool | None:
    solver = z3.Solver(ctx=translation.context)
    solver.set("rlimit", BUDGET)
    solver.set("timeout", WALL)
    solver.add(translation.formula(formula, {}))
    verdict = solver.check()
    return None if verdict == z3.unknown else verdict == z3.sat


def _instances(formula: Formula, size: int) -> int:
    below = sum(_instances(part, size) for part in formula.args if isinstance(part, Formula))
    if formula.kind in QUANTIFIERS:
        return max(1, below) * size ** (2 if formula.kind == "one" else 1)
    return max(1, below)


class _Translation:
    """From our trees to z3's, in a context of its own so that threads do not meet.

    With a `domain` the quantifiers are written out over its members; without one they stay.
    """

    def __init__(self, domain: Sequence[str]) -> None:
        self.context = z3.Context()
        if domain:
            self.sort, self.things = z3.EnumSort("Thing", list(domain), ctx=self.context)
        else:
            self.sort, self.things = z3.DeclareSort("Thing", ctx=self.context), []

    def formula(self, formula: Formula, bound: dict[str, Any]) -> Any:
        """The formula as z3's; `bound` gives the variables of the quantifiers around it."""
        if formula.kind == "atom":
            name, terms = formula.args
            return self._applied(name, terms, bound, z3.BoolSort(ctx=self.context))
        if formula.kind == "eq":
            return self._term(formula.args[0], bound) == self._term(formula.args[1], bound)
        if formula.kind in QUANTIFIERS:
            return self._quantified(formula, bound)
        parts = [self.formula(part, bound) for part in formula.args]
        match formula.kind:
            case "true" | "false":
                return z3.BoolVal(formula.kind == "true", ctx=self.context)
            case "not":
                return z3.Not(parts[0])
            case "and":
                return z3.And(*parts)
            case "or":
                return z3.Or(*parts)
            case "if":
                return z3.Implies(parts[0], parts[1])
            case "iff":
                return parts[0] == parts[1]
        found = parts[0]  # xor
        for part in parts[1:]:
            found = z3.Xor(found, part)
        return found

    def _quantified(self, formula: Formula, bound: dict[str, Any]) -> Any:
        variable, body = formula.args
        if self.things:
            cases = [self.formula(body, {**bound, variable: thing}) for thing in self.things]
            if formula.kind == "one":
                return z3.PbEq([(case, 1) for case in cases], 1)
            return z3.And(*cases) if formula.kind == "all" else z3.Or(*cases)
        name = z3.Const(f"{variable}!{len(bound)}", self.sort)
        inner = self.formula(body, {**bound, variable: name})
        if formula.kind == "all":
            return z3.ForAll([name], inner)
        if formula.kind == "some":
            return z3.Exists([name], inner)
        other = z3.Const(f"{variable}!{len(bound)}!", self.sort)
        same = self.formula(body, {**bound, variable: other})
        only = z3.ForAll([other], z3.Implies(same, other == name))
        return z3.Exists([name], z3.And(inner, only))

    def _term(self, term: Any, bound: dict[str, Any]) -> Any:
        name, terms = term
        return bound[name] if name in bound else self._applied(name, terms, bound, self.sort)

    def _applied(self, name: str, terms: Any, bound: dict[str, Any], sort: Any) -> Any:
        # Names are told apart by what they stand for: P alone, P of one thing, the thing P.
        symbol = f"{name}/{len(terms)}/{'p' if sort != self.sort else 't'}"
        if not terms:
            return z3.Const(symbol, sort)
        sorts = [self.sort] * len(terms)
        arguments = [self._term(term, bound) for term in terms]
        return z3.Function(symbol, *sorts, sort)(*arguments)
