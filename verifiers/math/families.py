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
from verifiers.math.comparing.lines import Letters, compare_lines
from verifiers.math.comparing.numeric import mp, value
from verifiers.math.comparing.relations import defined, unwrap
from verifiers.math.comparing.scalars import draw
from verifiers.math.comparing.structures import parts
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

_FREE = re.compile(r"[CcKkAB](?:_\d)?\Z")
_INTEGRATION = re.compile(r"C|[Cc]_\d")
"""The letters that a free constant is called by."""
_ADDED = re.compile(r"[CcKk](?:_\d)?\Z")
_WHOLE = frozenset("kmnlj")
_HEAD = re.compile(r"([a-zA-Z]\w*'*)\(([a-zA-Z])\)\Z")
_INDEXED = re.compile(r"(\\?[a-zA-Z]+)_\{?([a-z])\}?\(([a-zA-Z])\)\Z")  # \psi_n(x)
_TERM = re.compile(r"([a-zA-Z])_\{?([a-z])\}?\Z")  # a_n
_MOST = 3
_RUN = 40  # whole numbers on either side of 0 that a family is worked out for
_MIDDLE = mp.mpf("0.2477")  # no value of a family stands just there
_ENOUGH = 5  # values that have to be seen

Compare = Callable[[Node, Node], str]


def compare_families(gold: Node, answer: Node, letters: Letters, compare: Compare) -> str | None:
    """`equal.*` or `differ.value` for two families; None where they are none."""
    first, second = _one_variable(gold, answer, letters.free)
    if (first, second) != (gold, answer):
        found = compare(first, second)
        if found.startswith("equal."):
            return found
        gold, answer = first, second
    if line := compare_lines(gold, answer, letters):
        return line
    kinds = {part.kind for side in (gold, answer) for part in (side, *(parts(side) or ()))}
    if "residue" in kinds or letters.whole:
        return _progressions(gold, answer, letters.whole)
    if (gold.kind == "rel") != (answer.kind == "rel"):
        gold, answer = unwrap(gold), unwrap(answer)
    ours, theirs = symbols(gold) - symbols(answer), symbols(answer) - symbols(gold)
    if ours and len(ours) == len(theirs) <= _MOST and symbols(gold) & symbols(answer):
        free = [all(_is_free(name, letters.free) for name in side) for side in (ours, theirs)]
        known = any(name in letters.free or _INTEGRATION.match(name) for name in ours | theirs)
        if any(free) and known and (same := _same_family(gold, answer, ours, theirs, compare)):
            return same if all(free) else "undecided.unread"
    return "equal.numeric" if _apart_by_constant(gold, answer) else None


def _same_family(
    gold: Node, answer: Node, ours: frozenset[str], theirs: frozenset[str], compare: Compare
) -> str | None:
    """`equal.*` where the constants of one are those of the other, by other names or mixed."""
    for names in permutations(sorted(theirs)):
        turned = renamed(answer, dict(zip(names, sorted(ours), strict=True)))
        if compare(gold, turned).startswith("equal.") or _apart_by_constant(gold, turned):
            return "equal.symbolic"
    same = _same_span(gold, answer, sorted(ours), sorted(theirs))
    return "equal.numeric" if same else None


def _is_free(name: str, said: frozenset[str]) -> bool:
    return name in said or bool(_FREE.match(name))


def renamed(node: Any, names: Mapping[str, str]) -> Any:
    """The tree with its symbols renamed."""
    if isinstance(node, Node):
        if node.kind == "sym":
            return Node("sym", (names.get(node.args[0], node.args[0]),))
        return Node(node.kind, tuple(renamed(arg, names) for arg in node.args))
    return tuple(renamed(arg, names) for arg in node) if type(node) is tuple else node


def _one_variable(gold: Node, answer: Node, free: frozenset[str]) -> tuple[Node, Node]:
    """`f(x) = x^2` for `f(n) = n^2` beside an answer that calls it `f(x)`, or `f`."""
    heads = [
        _HEAD.match(side.args[1][0].args[0])
        or _TERM.match(side.args[1][0].args[0])
        or _INDEXED.match(side.args[1][0].args[0])
        if side.kind == "rel" and side.args[1][0].kind == "sym"
        else None
        for side in (gold, answer)
    ]
    ours, theirs = heads
    if not ours or not theirs:
        return _headed(gold, ours, answer, free), _headed(answer, theirs, gold, free)
    if ours[1] != theirs[1] or ours.re != theirs.re or ours[0] == theirs[0]:
        return gold, answer
    bound = dict(zip(theirs.groups()[1:], ours.groups()[1:], strict=True))
    told = ours.re is not _TERM or all(
        match[2] in _WHOLE or match[2] in symbols(side)
        for match, side in ((ours, gold), (theirs, answer))
    )
    if set(bound.values()) & (symbols(answer) - set(bound)) or not told:
        return gold, answer  # `K_a` and `K_b` are two names
    return gold, renamed(answer, {**bound, theirs[0]: ours[0]})


def _headed(node: Node, head: re.Match[str] | None, other: Node, free: frozenset[str]) -> Node:
    """`y = e^x` for `y(t) = e^t` beside an equation that defines `y` by another letter."""
    if not head or other.kind != "rel" or defined(other) != head[1]:
        return node
    names = {head[0]: head[1]}
    letters = {name for name in symbols(other) - {head[1]} if not _is_free(name, free)}
    if len(letters) == 1 and not letters & symbols(node) and head[2] in symbols(node):
        names[head[2]] = next(iter(letters))
    return renamed(node, names)


def _same_span(gold: Node, answer: Node, ours: list[str], theirs: list[str]) -> bool:
    """Whether two families that are affine in their free constants hold the same functions.

    `C_1e^x + C_2e^{-x}` and `A\\cosh x + B\\sinh x`: the functions beside the constants span the
    same space, and what is left of one family without constants lies in the other.
    """
    names = sorted((symbols(gold) | symbols(answer)) - {*ours, *theirs})
    try:
        points = [{name: mp.mpf(p) for name, p in _drawn(names, trial)} for trial in range(14)]
        first, second = _basis(unwrap(gold), ours, points), _basis(unwrap(answer), theirs, points)
    except (UnreadableError, TooBigError, KeyError):
        return False
    if first is None or second is None:
        return False
    (start, basis), (other, spanning) = first, second
    gap = [a - b for a, b in zip(start, other, strict=True)]
    return (
        _independent(basis)
        and _independent(spanning)
        and all(_within(column, basis) for column in (*spanning, gap))
    )


def _drawn(names: list[str], trial: int) -> list[tuple[str, Any]]:
    found = [(name, draw(name, trial)) for name in names]
    return [(name, mp.mpf(d.numerator) / d.denominator) for name, d in found]


def _basis(
    node: Node, free: list[str], points: list[dict[str, Any]]
) -> tuple[list[Any], list[list[Any]]] | None:
    """The values without constants, and those beside each constant; None where it is not affine."""
    zero = dict.fromkeys(free, mp.mpf(0))
    settings = [zero, *({**zero, name: mp.mpf(1)} for name in free)]
    mixed = {name: mp.mpf(3 + 2 * n) / 7 for n, name in enumerate(free)}
    rows = [[value(node, {**point, **s}) for point in points] for s in (*settings, mixed)]
    if any(v is None or mp.im(v) for row in rows for v in row):
        return None
    start, last = rows[0], rows[-1]
    basis = [[v - s for v, s in zip(row, start, strict=True)] for row in rows[1:-1]]
    for n, found in enumerate(last):
        built = start[n] + sum(mixed[f] * row[n] for f, row in zip(free, basis, strict=True))
        if abs(found - built) > 1e-30 * (1 + abs(found)):
            return None
    return start, basis


def _independent(columns: list[list[Any]]) -> bool:
    return all(not _within(column, columns[:n]) for n, column in enumerate(columns))


def _within(column: list[Any], basis: list[list[Any]]) -> bool:
    """Whether a column is a combination of others, which are independent."""
    size = max(map(abs, column))
    if not basis or not size:
        return not size
    matrix = mp.matrix(basis).T
    _, rest = mp.qr_solve(matrix, mp.matrix(column))
    return bool(rest < 1e-30 * size)


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
        return _same_values(gold, answer, whole)
    (start, step), (other, pace) = ours, theirs
    if abs(abs(step) - abs(pace)) > 1e-30 or not step:
        return "differ.value"
    turns = (start - other) / step
    return "equal.exact" if abs(turns - mp.nint(turns)) < 1e-30 else "differ.value"


def _same_values(gold: Node, answer: Node, whole: frozenset[str]) -> str | None:
    r"""The reason for values that whole numbers run through: `(-1)^n a + n\pi`, and two families.

    Compared where both are complete: in the middle of what the numbers up to `_RUN` give.
    """
    try:
        first, second = _run(gold, whole), _run(answer, whole)
    except (UnreadableError, TooBigError, KeyError):
        return None
    if not first or not second:
        return None
    reach = min(max(map(abs, first)), max(map(abs, second))) * _MIDDLE
    ours, theirs = (_distinct([v for v in side if abs(v) <= reach]) for side in (first, second))
    if len(ours) < _ENOUGH or len(theirs) < _ENOUGH:
        return None
    alike = len(ours) == len(theirs) and all(
        abs(a - b) < 1e-30 for a, b in zip(ours, theirs, strict=True)
    )
    return "equal.numeric" if alike else "differ.value"


def _run(node: Node, whole: frozenset[str]) -> list[Any] | None:
    """The real values of a family, or of several; None where another letter stands in them."""
    found = []
    for item in parts(unwrap(node)) or [unwrap(node)]:
        family = unwrap(item)
        if family.kind == "residue":
            start, step = map(_plain, family.args[:2])
            found += [start + step * n for n in range(-_RUN, _RUN + 1)]
            continue
        names = symbols(family)
        if family.kind == "rel" or len(names) > 1 or not names <= whole | _WHOLE:
            return None
        for n in range(-_RUN, _RUN + 1):
            at = value(family, dict.fromkeys(names, mp.mpf(n)))
            if at is None or mp.im(at):
                return None
            found.append(mp.re(at))
    return found


def _distinct(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for one in sorted(values):
        if not found or one - found[-1] > 1e-30:
            found.append(one)
    return found


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
