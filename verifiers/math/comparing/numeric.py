"""Values of expressions to many digits, at given points; None where there is no value."""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath  # type: ignore[import-untyped]

from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError

DIGITS = 60
MOST_MAGNITUDE = 100_000  # binary exponent of a value: e^(60000) still fits

mp = mpmath.mp.clone()
mp.dps = DIGITS + 20

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(mp, own)
    for name, own in (
        *((n, n) for n in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")),
        *((n, n) for n in ("coth", "sech", "csch", "exp", "ln", "floor", "ceil", "asin", "acos")),
        *((n, n) for n in ("atan", "asinh", "acosh", "atanh")),
        *(("arc" + n, "a" + n) for n in ("sin", "cos", "tan", "cot", "sec", "csc")),
        *(("arc" + n, "a" + n) for n in ("sinh", "cosh", "tanh")),
    )
}


def value(node: Node, values: Mapping[str, Any]) -> Any:
    """The mpmath value of a tree where symbols have `values`; None where it has none.

    Raises TooBigError instead of computing what is out of range, and UnreadableError for what is
    no scalar.
    """
    try:
        found = _value(node, values)
    except (ZeroDivisionError, ValueError, OverflowError, mpmath.libmp.NoConvergence) as error:
        if isinstance(error, TooBigError | UnreadableError):
            raise
        return None
    return found if mp.isfinite(found) else None


def _value(node: Node, values: Mapping[str, Any]) -> Any:
    kind, args = node
    if kind == "num":
        return mp.mpf(args[0].numerator) / args[0].denominator
    if kind == "sym":
        return values[args[0]]
    if kind == "const":
        return {"pi": mp.pi(), "e": mp.e(), "i": mp.mpc(0, 1), "inf": mp.inf}[args[0]]
    if kind == "add":
        return _value(args[0], values) + _value(args[1], values)
    if kind == "mul":
        return _sized(_value(args[0], values) * _value(args[1], values))
    if kind == "div":
        return _sized(_value(args[0], values) / _value(args[1], values))
    if kind == "neg":
        return -_value(args[0], values)
    if kind == "abs":
        return abs(_value(args[0], values))
    if kind == "pow":
        return _power(_value(args[0], values), _value(args[1], values))
    if kind == "fact":
        return _factorial(_value(args[0], values))
    if kind == "fn":
        return _function(args[0], [_value(arg, values) for arg in args[1]])
    raise UnreadableError(kind)


def _power(base: Any, exponent: Any) -> Any:
    if base == 0:
        return base**exponent
    if abs(exponent) * (abs(mp.log(abs(base), 2)) + 5) > MOST_MAGNITUDE:
        raise TooBigError("a power")
    return base**exponent


def _factorial(argument: Any) -> Any:
    if abs(argument) > 2000:
        raise TooBigError("a factorial")
    return mp.factorial(argument)


def _function(name: str, args: list[Any]) -> Any:
    if abs(args[0]) > 1e30 or (name in ("exp", "sinh", "cosh") and abs(args[0]) > 50_000):
        raise TooBigError(name)
    if name in _FUNCTIONS and len(args) == 1:
        return _FUNCTIONS[name](args[0])
    if name in ("log", "lg"):
        base = args[1] if len(args) > 1 else (10 if name == "lg" else None)
        return mp.log(args[0]) / mp.log(base) if base is not None else mp.log(args[0])
    if name == "ln" and len(args) == 2:
        return mp.log(args[0]) / mp.log(args[1])
    if name in ("root", "cbrt"):
        return _root(args[0], args[1] if name == "root" else mp.mpf(3))
    if name in ("min", "max") and all(mp.im(arg) == 0 for arg in args):
        return (min if name == "min" else max)(args)
    if name == "binom" and abs(args[0]) < 2000 and abs(args[1]) < 2000:
        return mp.binomial(args[0], args[1])
    if name == "sgn":
        return mp.sign(args[0])
    raise UnreadableError(name)


def _root(argument: Any, degree: Any) -> Any:
    """The real root of a negative number where the degree is odd, else the principal root."""
    if mp.im(argument) == 0 and mp.re(argument) < 0 and degree == int(mp.re(degree)) and degree % 2:
        return -_power(-mp.re(argument), 1 / degree)
    return _power(argument, 1 / degree)


def _sized(found: Any) -> Any:
    if mp.isfinite(found) and found and abs(mp.mag(found)) > 2 * MOST_MAGNITUDE:
        raise TooBigError("a number")
    return found
