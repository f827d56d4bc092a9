"""Whether an output or a value is the expected one. Plain data only: no `__eq__` of a program."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from verifiers.kinds.programs.code.suite import Suite

# -3, 0.50, 1e-05; not 1_000, digits of other scripts, nor 007, which may be text
_NUMBER = re.compile(
    r"[-+]?(?:0|[1-9][0-9]*|(?=\.[0-9]))(?:\.(?P<places>[0-9]*))?(?:[eE][-+]?[0-9]{1,4})?"
)
_PLACES = 6  # decimals from which on a printed number is one that was rounded, as C's %f does
_NOISE = 1e-12
"""Relative difference of two floats that is none: how they were computed, not what they are."""


def same_output(expected: str, got: str, suite: Suite) -> bool:
    """Line by line, token by token: blanks, line ends and a missing last newline do not count."""
    left, right = _lines(expected), _lines(got)
    if suite.unordered:
        left, right = sorted(left), sorted(right)
    return len(left) == len(right) and all(
        len(a) == len(b)
        and all(_same_token(x, y, suite.tolerance) for x, y in zip(a, b, strict=True))
        for a, b in zip(left, right, strict=True)
    )


def same_value(expected: Any, got: Any, suite: Suite) -> bool:
    """As JSON tells values apart: a tuple is a list. Python's own `==` on numbers and texts."""
    try:
        left, right = _as_lists(expected), _as_lists(got)
        if suite.unordered and isinstance(left, list) and isinstance(right, list):
            return _same_bag(left, right, suite.tolerance)
        return _same(left, right, suite.tolerance)
    except RecursionError:
        return False


def _lines(text: str) -> list[list[str]]:
    lines = [line.split() for line in text.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _same_token(expected: str, got: str, tolerance: float | None) -> bool:
    """The same text, or the same number: `3` and `3.0`, `0.00001` and `1e-05`, as LiveCodeBench.

    Without a tolerance, six decimals or more are a number that was rounded there.
    """
    if expected == got:
        return True
    wanted, found = _NUMBER.fullmatch(expected), _NUMBER.fullmatch(got)
    if not wanted or not found:
        return False
    left, right = Decimal(expected), Decimal(got)
    if left == right:
        return True
    if tolerance is not None:
        return _close(float(left), float(right), tolerance)
    places = len(wanted["places"] or "")
    if "e" in expected.lower() or places < _PLACES or "." not in got:
        return False
    half = Decimal(5).scaleb(-places - 1)
    return abs(left - right) <= max(half, abs(left) * Decimal(_NOISE) * (places >= 15))


def _close(expected: float, got: float, tolerance: float) -> bool:
    if not (math.isfinite(expected) and math.isfinite(got)):
        return False
    return abs(expected - got) <= tolerance * max(1.0, abs(expected))


def _as_lists(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_lists(item) for key, item in value.items()}
    return value


def _same(expected: Any, got: Any, tolerance: float | None) -> bool:
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(
            _same(a, b, tolerance) for a, b in zip(expected, got, strict=True)
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(
            _same(item, got[key], tolerance) for key, item in expected.items()
        )
    if tolerance is not None and _number(expected) and _number(got):
        return _close(expected, got, tolerance)
    if isinstance(expected, float) and isinstance(got, float):
        return expected == got or math.isclose(expected, got, rel_tol=_NOISE, abs_tol=1e-15)
    return bool(expected == got)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _same_bag(expected: Sequence[Any], got: Sequence[Any], tolerance: float | None) -> bool:
    """Every expected item has a partner of its own: the same, or one that is near.

    The near are found in order of size where they are numbers, else greedily: items differ by
    more than noise.
    """
    wanted, found = ([(_key(item), item) for item in items] for items in (expected, got))
    left, right = _without(wanted, found), _without(found, wanted)
    if len(left) != len(right) or (left and tolerance is None):
        return False
    if all(map(_number, left + right)):
        left, right = sorted(left), sorted(right)
        return all(_same(a, b, tolerance) for a, b in zip(left, right, strict=True))
    for item in left:
        at = next((i for i, other in enumerate(right) if _same(item, other, tolerance)), None)
        if at is None:
            return False
        right.pop(at)
    return True


def _without(items: list[tuple[Any, Any]], others: list[tuple[Any, Any]]) -> list[Any]:
    """The items that have no equal of their own among the others."""
    counted = Counter(key for key, _ in others)
    kept = []
    for key, item in items:
        if counted[key] > 0:
            counted[key] -= 1
        else:
            kept.append(item)
    return kept


def _key(value: Any) -> Any:
    """What stands for a value in a set: equal where the values are."""
    if isinstance(value, list):
        return ("list", *map(_key, value))
    if isinstance(value, dict):
        return ("dict", frozenset((key, _key(item)) for key, item in value.items()))
    return frozenset(value) if isinstance(value, set) else value
