"""Equations of thought: the equations of a response are solved with sympy, never evaluated.

Runs in the pool's killable workers: a system of equations can keep sympy busy for ever.
"""

import ast
import re
from importlib import import_module
from typing import Any, NamedTuple

from verifiers.base.kinds import Kind, declare
from verifiers.extract.reasoning import after_reasoning
from verifiers.kinds.programs.code.program_block import find_blocks

_MOST = 60  # equations; a word problem needs a handful
_LONGEST = 400  # characters of an equation
_DIGITS = 40  # digits of a number
_POWER = 12  # the largest exponent
_ASKED = ("ans", "answer", "result")
_EQUATION = re.compile(r"^[^=<>!]+=[^=<>!]+$")
_PLAIN = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**", "$": None})
_FACTOR = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?=[A-Za-z_(])(?!e[-+]?\d)")


class Solved(NamedTuple):
    """The answer that equations have, or the reason why there is not one."""

    answer: str
    reason: str = ""


def solve(response: str) -> Solved:
    """The answer that the equations of `response` have.

    The equations are those of the last block, or the lines with one `=`. Asked for is the only
    unknown; of several, `ans`, `answer` or `result`, else what the last equation is about.
    """
    equations = _equations(response)
    if not equations:
        return Solved("", "no_answer.no_program")
    sympy = import_module("sympy")
    names: dict[str, Any] = {}
    try:
        sides = [(_term(a, names, sympy), _term(b, names, sympy)) for a, b in equations]
    except (SyntaxError, ValueError, RecursionError):
        return Solved("", "undecided.parse_answer")
    asked = next((names[name] for name in _ASKED if name in names), sides[-1][0])
    if len(names) == 1:
        (asked,) = names.values()
    if not getattr(asked, "is_Symbol", False):
        return Solved("", "no_answer.not_found")
    system = [left - right for left, right in sides]
    found = sympy.solve(system, list(names.values()), dict=True)
    values = {solution[asked] for solution in found if asked in solution}
    values = {value for value in values if not value.free_symbols and value.is_real}
    if not values:
        return Solved("", "fail.equations")
    if len(values) > 1:
        return Solved("", "no_answer.hedged")
    return Solved(str(values.pop()))


def _equations(response: str) -> list[tuple[str, str]]:
    text = after_reasoning(response)
    blocks = find_blocks(text)
    lines = (blocks[-1] if blocks else text).splitlines()
    found = []
    for line in lines:
        plain = line.partition("#")[0].translate(_PLAIN).strip(" \t.;,")
        if _EQUATION.match(plain) and len(plain) <= _LONGEST:
            left, _, right = plain.partition("=")
            if blocks or (_readable(left) and _readable(right)):
                found.append((left, right))
    return found[:_MOST]


def _readable(side: str) -> bool:
    """Whether a side of an equation in prose is an equation's and not a sentence's."""
    try:
        ast.parse(_FACTOR.sub(r"\1*", side).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _term(side: str, names: dict[str, Any], sympy: Any) -> Any:
    """A side as a sympy term, from its syntax tree. Raises ValueError for anything but terms."""
    tree = ast.parse(_FACTOR.sub(r"\1*", side).strip(), mode="eval")
    return _build(tree.body, names, sympy)


def _build(node: ast.AST, names: dict[str, Any], sympy: Any) -> Any:
    """A term of sympy from a syntax tree: names, numbers, signs, the four operations and powers.

    Nothing is evaluated as code. Raises ValueError for anything else.
    """
    if isinstance(node, ast.Name):
        return names.setdefault(node.id, sympy.Symbol(node.id, real=True))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return _number(node.value, sympy)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _build(node.operand, names, sympy)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        left, right = _build(node.left, names, sympy), _build(node.right, names, sympy)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
        if isinstance(node.op, ast.Pow) and right.is_Rational and abs(right) <= _POWER:
            return left**right
    raise ValueError(f"not a term: {ast.dump(node)[:80]}")


def _number(value: float, sympy: Any) -> Any:
    text = repr(value)
    if isinstance(value, bool) or len(text) > _DIGITS or not text[-1].isdigit():
        raise ValueError(f"not a number: {text[:50]}")
    return sympy.Rational(text)  # 0.1 as it is written, not as it is stored


declare(Kind("equations", run=solve))
