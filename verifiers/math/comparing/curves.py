"""Whether two equations f = 0 and g = 0 describe the same points."""

from typing import Any

from verifiers.math.comparing.numeric import mp, value
from verifiers.math.comparing.scalars import TRIALS, draw
from verifiers.math.parsing.tree import Node, symbols

_ENOUGH = 4
_STEPS = 60  # of Newton's method
_SMALL = mp.mpf(10) ** -25
_STARTS = (0.7, -1.3, 2.9, 0.3 + 1.1j, -2.2 - 0.6j)


def same_zeros(first: Node, second: Node, signed: bool = False) -> str:
    """`equal.numeric` or `differ.value`; with `signed` the signs of both must agree as well.

    Equal when the quotient is one constant at all points, or when zeros of each, found by Newton's
    method in one symbol at random values of the others, are zeros of the other.
    """
    names = sorted(symbols(first) | symbols(second))
    if not names or symbols(first) != symbols(second):
        return "differ.value"
    quotient = _quotient(first, second, names)
    if quotient is not None and (not signed or quotient > 0):
        return "equal.symbolic"
    if signed:
        return "differ.value"
    if _zeros_agree(first, second, names) and _zeros_agree(second, first, names):
        return "equal.numeric"
    return "differ.value"


def _quotient(first: Node, second: Node, names: list[str]) -> Any:
    """The constant quotient of two expressions as a real number, or None if it varies."""
    found: list[Any] = []
    for trial in range(TRIALS):
        point = {name: _point(name, trial) for name in names}
        above, below = value(first, point), value(second, point)
        if above is None or below is None or abs(below) < _SMALL or abs(above) < _SMALL:
            continue
        found.append(above / below)
        if abs(found[0] - found[-1]) > _SMALL * abs(found[0]):
            return None
        if len(found) == _ENOUGH:
            return mp.re(found[0])
    return None


def _zeros_agree(first: Node, second: Node, names: list[str]) -> bool:
    """Whether zeros of `first` are zeros of `second`; False when none was found."""
    hits = 0
    for name in names:
        for trial, start in enumerate(_STARTS):
            point = {other: _point(other, trial) for other in names}
            zero = _newton(first, point, name, mp.mpmathify(start))
            if zero is None:
                continue
            there = value(second, {**point, name: zero})
            if there is None:
                continue
            if abs(there) > mp.mpf(10) ** -15:
                return False
            hits += 1
    return hits >= min(_ENOUGH, 2 * len(names))


def _newton(node: Node, point: dict[str, Any], name: str, at: Any) -> Any:
    step = mp.mpf(10) ** -30
    for _ in range(_STEPS):
        here = value(node, {**point, name: at})
        there = value(node, {**point, name: at + step})
        if here is None or there is None:
            return None
        if abs(here) < _SMALL * (1 + abs(at)):
            return at
        slope = (there - here) / step
        if slope == 0 or abs(at) > 1e12:
            return None
        at = at - here / slope
    return None


def _point(name: str, trial: int) -> Any:
    drawn = draw(name, trial)
    return mp.mpf(drawn.numerator) / drawn.denominator
