r"""Answers that stand for many: a constant that is free, a whole number that runs, a residue.

`Ce^x` and `Ke^x`, `\sin^2 x + C` and `-\cos^2 x + C`, `k\pi` and `n\pi`, `7k + 3` and
`x \equiv 3 \pmod 7`, `f(n) = n^2` and `f(x) = x^2`.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import permutations
from typing import Any

from verifiers.math.comparing.exact import exact
from verifiers.math.comparing.numeric import mp, value
from verifiers.math.comparing.relations import defined, unwrap
from verifiers.math.comparing.scalars import draw
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

_FREE = re.compile(r"[CcKkAB](?:_\d)?\Z")
_INTEGRATION = re.compile(r"C|[Cc]_\d")
"""The letters that a free constant is called by."""
_ADDED = re.compile(r"[CcKk](?:_\d)?\Z")
_WHOLE = frozenset("kmnlj")
_HEAD = re.compile(r"([a-zA-Z]\w*'*)\(([a-zA-Z])\)\Z")
_MOST = 3

Compare = Callable[[Node, Node], str]


def compare_families(
    gold: Node, answer: Node, whole: frozenset[str], compare: Compare
) -> str | None:
    """`equal.*` or `differ.value` for two families; None where they are none.

    `whole` are the letters that one side says to be whole numbers.
    """
    first, second = _one_variable(gold, answer)
    if (first, second) != (gold, answer):
        return compare(first, second)
    if "residue" in (gold.kind, answer.kind) or whole:
        return _progressions(gold, answer, whole)
    ours, theirs = symbols(gold) - symbols(answer), symbols(answer) - symbols(gold)
    free = all(map(_FREE.match, ours | theirs)) and any(map(_INTEGRATION.match, ours | theirs))
    alike = len(ours) == len(theirs) <= _MOST and symbols(gold) & symbols(answer)
    if ours and alike and free:
        for names in permutations(sorted(theirs)):
            turned = renamed(answer, dict(zip(names, sorted(ours), strict=True)))
            if compare(gold, turned).startswith("equal.") or _apart_by_constant(gold, turned):
                return "equal.symbolic"
    return "equal.numeric" if _apart_by_constant(gold, answer) else None


def renamed(node: Any, names: Mapping[str, str]) -> Any:
    """The tree with its symbols renamed."""
    if isinstance(node, Node):
        if node.kind == "sym":
            return Node("sym", (names.get(node.args[0], node.args[0]),))
        return Node(node.kind, tuple(renamed(arg, names) for arg in node.args))
    return tuple(renamed(arg, names) for arg in node) if type(node) is tuple else node


def _one_variable(gold: Node, answer: Node) -> tuple[Node, Node]:
    """`f(x) = x^2` for `f(n) = n^2` beside an answer that calls it `f(x)`."""
    heads = [
        _HEAD.match(side.args[1][0].args[0])
        if side.kind == "rel" and side.args[1][0].kind == "sym"
        else None
        for side in (gold, answer)
    ]
    ours, theirs = heads
    if not ours or not theirs or ours[1] != theirs[1] or ours[2] == theirs[2]:
        return gold, answer
    if ours[2] in symbols(answer):
        return gold, answer
    names = {theirs[2]: ours[2], theirs[0]: ours[0]}
    return gold, renamed(answer, names)


def _apart_by_constant(gold: Node, answer: Node) -> bool:
    """Whether both end in the same free constant, and differ by a constant besides."""
    first, second = _without_constant(gold), _without_constant(answer)
    if first is None or second is None:
        return False
    names = sorted(symbols(first) | symbols(second))
    gaps = []
    for trial in range(14):
        drawn = {name: draw(name, trial) for name in names}
        point = {name: mp.mpf(d.numerator) / d.denominator for name, d in drawn.items()}
        try:
            ours, theirs = value(first, point), value(second, point)
        except (UnreadableError, TooBigError):
            return False
        if ours is not None and theirs is not None and not mp.im(ours) and not mp.im(theirs):
            gaps.append(ours - theirs)
    return bool(names) and len(gaps) >= 3 and all(abs(gap - gaps[0]) < 1e-30 for gap in gaps)


def _without_constant(node: Node) -> Node | None:
    """`f` for `f + C` (also as the right side of a definition); None for other things."""
    if node.kind == "rel":
        if not defined(node):
            return None
        node = unwrap(node)
    if node.kind != "add":
        return None
    for one, other in (node.args, node.args[::-1]):
        if one.kind == "sym" and _ADDED.match(one.args[0]) and one.args[0] not in symbols(other):
            return other
    inner = _without_constant(node.args[0])
    return Node("add", (inner, node.args[1])) if inner else None


def _progressions(gold: Node, answer: Node, whole: frozenset[str]) -> str | None:
    ours, theirs = _progression(gold, whole), _progression(answer, whole)
    if ours is None or theirs is None:
        return None
    (start, step), (other, pace) = ours, theirs
    if abs(abs(step) - abs(pace)) > 1e-30 or not step:
        return "differ.value"
    turns = (start - other) / step
    return "equal.exact" if abs(turns - mp.nint(turns)) < 1e-30 else "differ.value"


def _progression(node: Node, whole: frozenset[str]) -> tuple[Any, Any] | None:
    """The first term and the step of `7k + 3` or of a residue; None for other things."""
    if node.kind == "rel" and node.args[0] == ("=",) and node.args[1][0].kind == "sym":
        node = node.args[1][1]
    try:
        if node.kind == "residue":
            return _plain(node.args[0]), _plain(node.args[1])
        names = symbols(node) & (whole | _WHOLE)
        if len(names) != 1 or len(symbols(node)) != 1:
            return None
        (name,) = names
        terms = [value(node, {name: mp.mpf(n)}) for n in (0, 1, 2, 5)]
    except (UnreadableError, TooBigError, KeyError, ZeroDivisionError):
        return None
    if any(term is None for term in terms):
        return None
    step = terms[1] - terms[0]
    linear = (
        abs(terms[2] - terms[0] - 2 * step) < 1e-30 and abs(terms[3] - terms[0] - 5 * step) < 1e-30
    )
    return (terms[0], step) if linear else None


def _plain(node: Node) -> Any:
    found = exact(node, {})
    if found is None:
        raise UnreadableError("a residue")
    return mp.mpf(Fraction(found).numerator) / Fraction(found).denominator
