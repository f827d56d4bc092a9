"""Equations and inequalities: assignments unwrapped, the rest compared by what they say."""

from itertools import pairwise

from verifiers.math.comparing.curves import same_zeros
from verifiers.math.comparing.numeric import value
from verifiers.math.comparing.scalars import compare_scalars
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols, walk

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_SCALAR = ("num", "sym", "const", "add", "mul", "div", "pow", "neg", "fact", "abs", "fn", "pm",
           "form", "opaque", "sum", "int", "lim")  # fmt: skip


def unwrap(node: Node) -> Node:
    """The value of an assignment: `x = 5`, `5 = x`, `f(x) = x^2`, `(x, y) = (1, 2)`, `x \\in S`.

    Only a name that does not occur in the value is an assignment; `x + 3 = 8` is an equation and
    stays one. A calculation `3 \\cdot 4 = 12` is its value when all its sides agree.
    """
    if node.kind != "rel":
        return node
    operators, sides = node.args
    if operators == ("in",) and sides[0].kind == "sym":
        return sides[1]
    if any(operator not in ("=", "~") for operator in operators):
        return node
    if "~" in operators:  # `x = 2/3 ~ 0.67`: the exact side counts, where the other is near it
        at = operators.index("~")
        if len(operators) == 1 and sides[0].kind == "sym":
            return sides[1]
        if not _near(sides[at], sides[at + 1]):
            return node
        sides = sides[: at + 1]
        if len(sides) == 1:
            return sides[0]
    shared = symbols(sides[0]) & frozenset().union(*map(symbols, sides[1:]))
    if _is_name(sides[0]) and (not shared or _computes(sides[0])):
        sides = sides[1:]
    elif len(sides) == 2 and _is_name(sides[1]) and not symbols(sides[1]) & symbols(sides[0]):
        sides = sides[:1]
    if len(sides) == 1:
        return sides[0]
    if _agree(sides):
        return sides[-1]
    if len(sides) > 2 and len(symbols(sides[0])) > 1 and _agree(sides[1:]):
        return sides[-1]  # `a + b + c = 12 + 25 + 25 = 62`
    return Node("rel", (("=",) * (len(sides) - 1), tuple(sides)))


def _near(exact_side: Node, rounded: Node) -> bool:
    """Whether two constants are within a twentieth of each other."""
    if symbols(exact_side) or symbols(rounded):
        return False
    try:
        first, second = value(exact_side, {}), value(rounded, {})
    except (UnreadableError, TooBigError):
        return False
    return first is not None and second is not None and abs(first - second) * 20 <= abs(first)


def is_equation(node: Node) -> bool:
    """Whether a node is a single equation with symbols on both sides or on none alone."""
    return node.kind == "rel" and node.args[0] == ("=",)


def defined(node: Node) -> str:
    """The name that an assignment defines; empty for other equations."""
    if node.kind != "rel" or len(node.args[1]) != 2:
        return ""
    for side, other in (node.args[1], node.args[1][::-1]):
        if side.kind == "sym" and not symbols(side) & symbols(other):
            return str(side.args[0])
    return ""


def _is_name(node: Node) -> bool:
    if node.kind == "group" and node.args[0] == "(":
        return all(part.kind == "sym" for part in node.args[2])
    if node.kind in ("ratio", "div", "abs"):  # `AB : CD = 2`, `|AB| = 1`
        return all(map(_is_point, node.args))
    if node.kind == "mul":  # a segment or an angle: `AB = 5`
        return all(part.kind in ("sym", "mul") and _is_point(part) for part in node.args)
    if node.kind in ("cap", "cup", "minus"):  # `A \cap B = {1, 2}`
        return all(map(_is_name, node.args))
    if node.kind == "pow":  # `A^{-1}`
        return _is_point(node.args[0]) and node.args[1].kind == "neg"
    if node.kind == "fn":
        return node.args[0] not in _KNOWN_ANYWHERE and all(map(_is_point, node.args[1]))
    return node.kind == "sym" or _computes(node)


def _computes(node: Node) -> bool:
    """Whether a side is a task and no unknown: a limit, an integral, a sum."""
    if node.kind == "opaque":
        return str(node.args[0]).startswith(
            ("lim", "int", "iint", "oint", "sum", "prod", "complement")
        )
    return node.kind in ("int", "sum", "lim", "form")


_KNOWN_ANYWHERE = ("root", "exp", "log", "ln", "lg")  # `\sqrt{A} = 2` is an equation


def _is_point(node: Node) -> bool:
    if node.kind == "mul":
        return all(map(_is_point, node.args))
    return node.kind == "sym" and node.args[0][:1].isupper() and node.args[0][1:2] in ("", "_")


def _agree(sides: tuple[Node, ...]) -> bool:
    if any(side.kind not in _SCALAR for side in sides):
        return False
    return all(
        compare_scalars(first, second).startswith("equal.") for first, second in pairwise(sides)
    )


def compare_relations(gold: Node, answer: Node) -> str:
    """Two relations: the same zero set for equations, the same sides for inequalities."""
    ours, theirs = _steps(gold), _steps(answer)
    if len(ours) != len(theirs):
        return "differ.value"
    reasons = [_compare_step(a, b) for a, b in zip(ours, theirs, strict=True)]
    if all(reason.startswith("equal.") for reason in reasons):
        return max(reasons, key=len)
    unknown = any(part.kind == "opaque" for side in (gold, answer) for part in walk(side))
    derived = [any(part.kind == "form" for part in walk(side)) for side in (gold, answer)]
    if unknown or derived[0] != derived[1]:
        return "undecided.unread"
    backwards = [_compare_step(a, b) for a, b in zip(ours, reversed(theirs), strict=True)]
    return "equal.symbolic" if all(r.startswith("equal.") for r in backwards) else "differ.value"


def _steps(node: Node) -> list[tuple[str, Node, Node]]:
    """Each relation of a chain, turned so that the sign points to the greater side."""
    operators, sides = node.args
    found: list[tuple[str, Node, Node]] = []
    for operator, left, right in zip(operators, sides, sides[1:], strict=False):
        if operator in (">", ">="):
            found.append((_FLIPPED[operator], right, left))
        else:
            found.append((operator, left, right))
    return found


def _compare_step(gold: tuple[str, Node, Node], answer: tuple[str, Node, Node]) -> str:
    if gold[0] != answer[0]:
        return "differ.value"
    if gold[1:] == answer[1:]:
        return "equal.symbolic"
    if any(side.kind not in _SCALAR for side in (*gold[1:], *answer[1:])):
        return "differ.value"
    return same_zeros(_difference(gold), _difference(answer), signed=gold[0] in ("<", "<="))


def _difference(step: tuple[str, Node, Node]) -> Node:
    return Node("add", (step[2], Node("neg", (step[1],))))
