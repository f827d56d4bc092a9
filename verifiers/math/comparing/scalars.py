"""Whether two expressions are the same: exactly where they are rational, else at many points.

Two different rational functions of the sizes that occur agree at three random points with a
chance below one in 10^9 (Schwartz-Zippel); two different closed forms never agreed to 60 digits
by accident. So a disagreement is certain and an agreement as good as a proof.
"""

import random
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from verifiers.math.comparing.exact import exact
from verifiers.math.comparing.numeric import DIGITS, mp, value
from verifiers.math.comparing.vectors import (
    has_products,
    is_matrix_product,
    same_matrices,
    same_vectors,
)
from verifiers.math.parsing.tree import Node, symbols, walk
from verifiers.math.rounding import compare_numbers, is_float_of, rounds_to
from verifiers.text.numbers import Number

POINTS = 3  # points that must agree
STEPS = 40  # points that must agree for functions with steps, such as floor
_STEPPED = ("floor", "ceil", "gcd", "lcm", "min", "max")
_WHOLE = frozenset("nmkNMKij")  # letters that stand for whole numbers by convention
TRIALS = 14  # points tried until so many are defined


def compare_scalars(gold: Node, answer: Node) -> str:
    """`equal.exact`, `.rounded`, `.symbolic`, `.numeric`, `differ.value` or `undecided.limit`.

    TooBigError and UnreadableError pass through from the evaluation.
    """
    gold, answer = _imaginary_unit(gold, answer), _imaginary_unit(answer, gold)
    if gold == answer:
        return "equal.symbolic" if symbols(gold) else "equal.exact"
    reason = _compare(gold, answer)
    if reason == "differ.value" and (_unknown(gold) or _unknown(answer)):
        return "undecided.unread"
    return reason


def _compare(gold: Node, answer: Node) -> str:
    if has_products(gold) or has_products(answer):
        return "equal.symbolic" if same_vectors(gold, answer) else "differ.value"
    if is_matrix_product(gold) and is_matrix_product(answer):
        return "equal.symbolic" if same_matrices(gold, answer) else "differ.value"
    names = sorted(symbols(gold) | symbols(answer))
    if not names:
        return _constants(gold, answer)
    found = _rational(gold, answer, names)
    return found or _numeric(gold, answer, names)


def _unknown(node: Node) -> bool:
    """Whether something stands in a tree whose meaning is not known, so that it has no value."""
    return any(part.kind == "opaque" for part in walk(node))


def _imaginary_unit(node: Node, other: Node) -> Node:
    """A capital I that the other side does not have is the imaginary unit."""
    if "I" not in symbols(node) or "I" in symbols(other):
        return node
    return _replace(node)


def _replace(node: Node) -> Node:
    if node == Node("sym", ("I",)):
        return Node("const", ("i",))
    return Node(node.kind, tuple(_replaced(arg) for arg in node.args))


def _replaced(arg: Any) -> Any:
    if isinstance(arg, Node):
        return _replace(arg)
    return tuple(map(_replaced, arg)) if type(arg) is tuple else arg


def literal(node: Node) -> Number | None:
    """The number that a node is as written, with its sign; None for anything computed."""
    if node.kind == "num":
        return node.args[1] or Number(node.args[0])
    if node.kind == "neg":
        inner = literal(node.args[0])
        return inner and inner._replace(value=-inner.value)
    return None


def _constants(gold: Node, answer: Node) -> str:
    try:
        ours, theirs = exact(gold, {}), exact(answer, {})
    except ZeroDivisionError:
        return "differ.value"
    if ours is not None and theirs is not None:
        return compare_numbers(literal(gold) or Number(ours), literal(answer) or Number(theirs))
    first, second = value(gold, {}), value(answer, {})
    if first is None or second is None:
        return _infinite(gold, answer)
    if _close(first, second, _rough(gold, answer)):
        return "equal.numeric"
    for written, other in ((literal(gold), second), (literal(answer), first)):
        if written and abs(mp.im(other)) == 0 and is_float_of(written, _fraction(other)):
            return "equal.rounded"
        if written and abs(mp.im(other)) == 0 and rounds_to(written, _fraction(other)):
            return "equal.rounded"
    return "differ.value"


def _fraction(real: Any) -> Fraction:
    return Fraction(int(mp.nint(mp.re(real) * mp.mpf(10) ** DIGITS)), 10**DIGITS)


def _infinite(gold: Node, answer: Node) -> str:
    signs = [_sign_of_infinity(node) for node in (gold, answer)]
    return "equal.exact" if signs[0] and signs[0] == signs[1] else "differ.value"


def _sign_of_infinity(node: Node) -> int:
    if node.kind == "neg":
        return -_sign_of_infinity(node.args[0])
    return int(node == Node("const", ("inf",)))


def _rational(gold: Node, answer: Node, names: list[str]) -> str | None:
    """The verdict for two rational functions; None when one of them is something else."""
    agreed = 0
    nodes = (*walk(gold), *walk(answer))
    stepped = any(n.kind == "fn" and n.args[0] in _STEPPED for n in nodes)
    whole = _whole(nodes, names) if stepped else frozenset()
    needed, trials = (STEPS, 2 * STEPS) if stepped else (POINTS, TRIALS)
    for trial in range(trials):
        point = {
            name: draw_integer(name, trial)
            if name in whole
            else _draw_step(name, trial)
            if stepped
            else draw(name, trial)
            for name in names
        }
        try:
            ours, theirs = exact(gold, point), exact(answer, point)
        except ZeroDivisionError:
            continue
        if ours is None or theirs is None:
            return None
        if ours != theirs:
            return "differ.value"
        agreed += 1
        if agreed == needed:
            return "equal.symbolic"
    return None


def _whole(nodes: Iterable[Node], names: Iterable[str]) -> frozenset[str]:
    """The letters that stand for whole numbers: by convention, or as arguments of gcd and sums."""
    found = {name for name in names if name[:1] in _WHOLE and name[1:2] in ("", "_")}
    for node in nodes:
        if node.kind == "fn" and node.args[0] in ("gcd", "lcm"):
            found |= symbols(node)
        elif node.kind == "sum":
            found |= symbols(node.args[2]) | symbols(node.args[3])
        elif node.kind == "fact":
            found |= symbols(node)
    return frozenset(found)


def _draw_step(name: str, trial: int) -> Fraction:
    """A point between steps or, now and then, on one: for letters that are no whole numbers."""
    source = random.Random(f"step/{name}/{trial}")
    if trial % 2:
        return Fraction(source.randrange(-300, 301), 100)
    return Fraction(source.randrange(-40, 41), source.choice((1, 2, 3, 4, 7, 10)))


def _numeric(gold: Node, answer: Node, names: list[str]) -> str:
    """The verdict by 60-digit values; complex ones count only where there are no real ones."""
    imaginary = any(n == Node("const", ("i",)) for node in (gold, answer) for n in walk(node))
    nodes = (*walk(gold), *walk(answer))
    summed = any(node.kind == "sum" for node in nodes)
    stepped = any(n.kind == "fn" and n.args[0] in ("floor", "ceil") for n in nodes)
    whole = _whole(nodes, names) if summed or stepped else frozenset()
    rough = _rough(gold, answer)
    real: list[bool] = []
    other: list[bool] = []
    for trial in range(TRIALS):
        point = {name: mp.mpf(p.numerator) / p.denominator for name, p in _points(names, trial)}
        point |= {name: mp.mpf(trial % 9 + 1 + len(name)) for name in whole}
        first, second = value(gold, point), value(answer, point)
        if first is None or second is None:
            continue
        plain = imaginary or (mp.im(first) == 0 and mp.im(second) == 0)
        (real if plain else other).append(_close(first, second, rough))
        if real and not real[-1]:
            return "differ.value"
        if len(real) >= 2 * POINTS:
            break
    decisive = real if len(real) >= POINTS else real + other
    if len(decisive) < POINTS or not all(decisive):
        return "differ.value"
    return "equal.numeric"


def _points(names: list[str], trial: int) -> Iterable[tuple[str, Fraction]]:
    return ((name, draw(name, trial)) for name in names)


def draw(name: str, trial: int) -> Fraction:
    """A point that depends on nothing but the symbol: the same verdict on every machine.

    Every other round is positive and below 3, where roots and logarithms are defined.
    """
    source = random.Random(f"{name}/{trial}")
    size = Fraction(source.randrange(1, 3 << 20), 1 << 20)
    return size if trial % 2 == 0 or source.random() < 0.3 else -size


def draw_integer(name: str, trial: int) -> Fraction:
    """Like `draw`, for functions that are constant between integers: 1, 2, 3 ... then far away."""
    if trial < STEPS // 2:
        return Fraction(trial + 1)
    return Fraction(random.Random(f"{name}/{trial}").randrange(-1000, 1000))


def _rough(*nodes: Node) -> bool:
    """Whether quadrature or extrapolation is among what is computed."""
    return any(part.kind in ("int", "sum", "lim") for node in nodes for part in walk(node))


def _close(first: Any, second: Any, rough: bool = False) -> bool:
    gap = abs(first - second)
    if rough:
        return bool(gap <= mp.mpf(10) ** -12 * (1 + abs(first)))
    return bool(
        gap <= mp.mpf(10) ** -DIGITS * max(abs(first), abs(second))
        or gap < mp.mpf(10) ** -(DIGITS + 10)
    )
