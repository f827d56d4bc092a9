"""Sets of real numbers, however they are written: intervals, unions, inequalities, all reals."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from verifiers.math.comparing.numeric import mp, value
from verifiers.math.parsing.tree import Node, symbols, walk

_SAME = mp.mpf(10) ** -30
_COMPARE = {
    "<": lambda a, b: a < b - _SAME,
    ">": lambda a, b: a > b + _SAME,
    "<=": lambda a, b: a <= b + _SAME,
    ">=": lambda a, b: a >= b - _SAME,
    "=": lambda a, b: abs(a - b) <= _SAME,
    "!=": lambda a, b: abs(a - b) > _SAME,
}
_SAMPLES = [mp.mpf(k) / 7 + mp.mpf(1) / 1000 for k in range(-60, 61)]
_MOST_MARKS = 40


def is_region(node: Node) -> bool:
    """Whether a node describes a set of real numbers with constant ends, in at most one symbol."""
    kind, args = node
    if kind == "rel":
        inside = [s for op, s in zip(("", *args[0]), args[1], strict=True) if op != "in"]
        names = frozenset().union(*map(symbols, inside))
        return len(names) == 1 and all(_scalar(s) for s in inside) and args[0] != ("=",)
    if kind in ("cup", "cap", "minus"):
        return all(is_region(part) for part in args)
    if kind == "group":
        return (
            not symbols(node)
            and (args[0] == "\\{" or len(args[2]) == 2)
            and all(map(_scalar, args[2]))
            and (args[0] == "\\{" or _goes_up(args))
        )
    if kind == "list":
        points = [part for part in args[1] if part.kind == "rel" and part.args[0] == ("=",)]
        rest = [part for part in args[1] if part not in points]
        return (
            args[0] in ("or", "and", ",")
            and bool(rest)
            and all(is_region(part) and part.kind == "rel" for part in rest)
            and (args[0] == "or" or not points)
            and all(_is_point(part, symbols(rest[0])) for part in points)
        )
    return kind == "named" and args[0] in ("R", "empty")


def _is_point(node: Node, names: frozenset[str]) -> bool:
    """Whether an equation is `x = 6`, a point beside intervals."""
    name, end = node.args[1]
    return name.kind == "sym" and symbols(name) == names and not symbols(end) and _scalar(end)


def _goes_up(args: tuple[Any, ...]) -> bool:
    """Whether the ends are in order: `(0,0)` and `(3,1)` are points."""
    low, high = (_end(part) for part in args[2])
    return bool(low < high or (low == high and args[:2] == ("[", "]")))


def compare_regions(gold: Node, answer: Node) -> str:
    """`equal.numeric` when both hold the same of all points that could tell them apart.

    These are all constants in either, their roots, sums and quotients, and points between.
    """
    marks = _marks(gold, answer)
    between = [(a + b) / 2 for a, b in pairwise(marks)]
    ends = [marks[0] - 1, marks[-1] + 1, mp.mpf(-10) ** 9, mp.mpf(10) ** 9]
    points = [*marks, *between, *ends, *_SAMPLES]
    gold, answer = _alternatives(gold, points), _alternatives(answer, points)
    same = all(contains(gold, point) == contains(answer, point) for point in points)
    return "equal.numeric" if same else "differ.value"


def _alternatives(node: Node, points: Sequence[Any]) -> Node:
    """`x < 1 or x > 4` for `x < 1, x > 4`, which cannot both hold."""
    if node.kind != "list" or node.args[0] != "," or any(contains(node, p) for p in points):
        return node
    return Node("list", ("or", node.args[1]))


def contains(node: Node, point: Any) -> bool:
    """Whether the real number `point` lies in the region."""
    kind, args = node
    if kind == "rel":
        return _holds(args[0], args[1], point)
    if kind == "cup":
        return any(contains(part, point) for part in args)
    if kind == "cap":
        return all(contains(part, point) for part in args)
    if kind == "minus":
        return contains(args[0], point) and not contains(args[1], point)
    if kind == "list":
        return (any if args[0] == "or" else all)(contains(part, point) for part in args[1])
    if kind == "named":
        return bool(args[0] == "R")
    if args[0] == "\\{":
        return any(abs(_end(part) - point) <= _SAME for part in args[2])
    low, high = (_end(part) for part in args[2])
    above = _COMPARE[">=" if args[0] == "[" else ">"](point, low)
    return above and _COMPARE["<=" if args[1] == "]" else "<"](point, high)


def _holds(operators: tuple[str, ...], sides: tuple[Node, ...], point: Any) -> bool:
    for operator, left, right in zip(operators, sides, sides[1:], strict=False):
        if operator == "in":
            if not contains(right, point):
                return False
            continue
        values = [value(side, dict.fromkeys(symbols(side), point)) for side in (left, right)]
        if any(v is None or mp.im(v) for v in values):
            ends = [_end(side) for side in (left, right) if not symbols(side)]
            if not any(mp.isinf(end) for end in ends):
                return False
            values = [_end(s) if not symbols(s) else point for s in (left, right)]
        if not _COMPARE[operator](*values):
            return False
    return True


def _end(node: Node) -> Any:
    """The value of a constant end; infinite ends are infinite."""
    if node.kind == "neg":
        return -_end(node.args[0])
    if node == Node("const", ("inf",)):
        return mp.inf
    found = value(node, {})
    return mp.inf if found is None else mp.re(found)


def _marks(gold: Node, answer: Node) -> list[Any]:
    """All constants in both regions and what simple solving makes of them, in order."""
    found: set[Any] = {mp.mpf(0)}
    for node in (*walk(gold), *walk(answer)):
        if node.kind in ("rel", "group", "cup", "cap", "minus", "list", "named") or symbols(node):
            continue
        end = value(node, {})
        if end is not None and mp.im(end) == 0:
            found.add(mp.re(end))
    base = sorted(found)[:_MOST_MARKS]
    for one in base:
        found |= {-one, mp.sqrt(abs(one)), -mp.sqrt(abs(one))}
        if len(base) <= 12:
            for two in base:
                found |= {one + two, one - two, *([one / two, -one / two] if two else [])}
    return sorted(found)


def _scalar(node: Node) -> bool:
    return node.kind in (
        "num", "sym", "const", "add", "mul", "div", "pow", "neg", "fact", "abs", "fn",
    )  # fmt: skip
