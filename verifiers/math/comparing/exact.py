"""Exact values of rational expressions, within a size; None for what is not rational."""

import math
from collections.abc import Mapping
from fractions import Fraction

from verifiers.math.parsing.tree import Node, TooBigError

MOST_BITS = 40_000  # of a numerator or denominator: 5000! has 54,000, 10^1000 has 3,300
MOST_FACTORIAL = 3000


def exact(node: Node, values: Mapping[str, Fraction]) -> Fraction | None:
    """The rational value of a tree where symbols have `values`; None when it is not rational.

    Raises TooBigError before a power or factorial is computed that would not fit, and
    ZeroDivisionError where the expression is not defined.
    """
    kind, args = node
    if kind == "num":
        return Fraction(args[0])
    if kind == "sym":
        return values.get(args[0])
    if kind in ("add", "mul", "div", "pow"):
        left, right = exact(args[0], values), exact(args[1], values)
        return None if left is None or right is None else _binary(kind, left, right)
    if kind in ("neg", "abs", "fact"):
        value = exact(args[0], values)
        return None if value is None else _unary(kind, value)
    if kind == "fn":
        return _function(args[0], [exact(arg, values) for arg in args[1]])
    return None


def _binary(kind: str, left: Fraction, right: Fraction) -> Fraction | None:
    if kind == "add":
        return _sized(left + right)
    if kind == "mul":
        return _sized(left * right)
    if kind == "div":
        return _sized(left / right)
    if right.denominator != 1:
        return _rational_root(left, right)
    if left in (0, 1, -1):
        return left ** (right.numerator % 2 + (0 if left else abs(right.numerator)))
    if abs(right.numerator) * _bits(left) > MOST_BITS:
        raise TooBigError("a power")
    return left**right.numerator


def _rational_root(base: Fraction, exponent: Fraction) -> Fraction | None:
    """`8^(1/3)` and the like, where the root is rational."""
    if base < 0 or exponent.denominator > 100 or abs(exponent.numerator) > 100:
        return None
    parts = [_root(part, exponent.denominator) for part in (base.numerator, base.denominator)]
    if None in parts or not parts[1]:
        return None
    return _binary("pow", Fraction(parts[0] or 0, parts[1]), Fraction(exponent.numerator))


def _root(value: int, degree: int) -> int | None:
    if value.bit_length() > 1000:
        return None
    root = math.isqrt(value) if degree == 2 else round(value ** (1 / degree))
    return root if root**degree == value else None


def _unary(kind: str, value: Fraction) -> Fraction | None:
    if kind == "neg":
        return -value
    if kind == "abs":
        return abs(value)
    if value.denominator != 1 or value < 0:
        return None
    if value > MOST_FACTORIAL:
        raise TooBigError("a factorial")
    return Fraction(math.factorial(value.numerator))


def _function(name: str, args: list[Fraction | None]) -> Fraction | None:
    known = [arg for arg in args if arg is not None]
    if len(known) != len(args) or not known:
        return None
    if name == "root" and known[1].denominator == 1 and known[1] > 0:
        sign = -1 if known[0] < 0 and known[1].numerator % 2 else 1
        root = _rational_root(sign * known[0], 1 / known[1])
        return None if root is None else sign * root
    if name in ("min", "max"):
        return (min if name == "min" else max)(known)
    if name in ("floor", "ceil") and len(known) == 1:
        return Fraction((math.floor if name == "floor" else math.ceil)(known[0]))
    if name in ("gcd", "lcm"):
        return _common(name, known)
    if name == "binom" and all(k.denominator == 1 and k >= 0 for k in known):
        n, k = (arg.numerator for arg in known)
        if min(k, n - k) > MOST_FACTORIAL or n.bit_length() * min(k, max(n - k, 0)) > MOST_BITS:
            raise TooBigError("a binomial")
        return Fraction(math.comb(n, k))
    return None


def _common(name: str, values: list[Fraction]) -> Fraction:
    """The greatest common divisor or least common multiple, of fractions too."""
    scale = math.lcm(*(v.denominator for v in values))
    whole = [int(v * scale) for v in values]
    return Fraction(math.gcd(*whole) if name == "gcd" else math.lcm(*whole), scale)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _sized(value: Fraction) -> Fraction:
    if _bits(value) > 2 * MOST_BITS:
        raise TooBigError("a number")
    return value
