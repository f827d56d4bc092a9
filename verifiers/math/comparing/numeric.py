"""Values of expressions to many digits, at given points; None where there is no value."""

import operator
import random
from collections.abc import Callable, Mapping
from typing import Any

import mpmath  # type: ignore[import-untyped]

from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError

DIGITS = 60
ROUGH = 15  # digits that integrals and infinite sums are good for
MOST_EXPONENT = 1e30
MOST_TERMS = 3000  # of a sum
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
    if kind in _ARITHMETIC:
        return _ARITHMETIC[kind](*(_value(arg, values) for arg in args))
    if kind == "fn":
        return _function(args[0], [_value(arg, values) for arg in args[1]])
    if kind in _WITH_BODY:
        return _WITH_BODY[kind](node, values)
    raise UnreadableError(kind)


def _as_if_random(node: Node, values: Mapping[str, Any]) -> Any:
    """A value that depends on the name and the values of the arguments, and on nothing else.

    So what is not known is equal to what has the same name and equal arguments, and to nothing
    else.
    """
    parts: list[str] = []
    for arg in node.args:
        if isinstance(arg, Node):
            try:
                found = value(arg, values)
            except (KeyError, UnreadableError):
                found = None
            parts.append(repr(arg) if found is None else mp.nstr(found, DIGITS - 20))
        else:
            parts.append(repr(arg))
    drawn = random.Random("/".join((node.kind, *parts)))
    return mp.mpf(drawn.randrange(1 << 60, 1 << 61)) / (1 << 60)


def _sum(node: Node, values: Mapping[str, Any]) -> Any:
    """A sum or product term by term, to infinity by extrapolation."""
    name, variable, low, high, body = node.args
    start, end = _value(low, values), _value(high, values)
    if mp.isinf(end):
        with mp.workdps(ROUGH + 10):
            return (mp.nsum if name == "sum" else mp.nprod)(
                lambda at: _value(body, {**values, variable: at}), [int(start), mp.inf]
            )
    if mp.im(end) or end != int(end) or start != int(start) or end - start > MOST_TERMS:
        raise UnreadableError("the bounds of a sum")
    total = mp.mpf(0 if name == "sum" else 1)
    for at in range(int(start), int(end) + 1):
        term = _value(body, {**values, variable: mp.mpf(at)})
        total = total + term if name == "sum" else _sized(total * term)
    return total


def _decaying(body: Node, values: Mapping[str, Any]) -> Any:
    """An integrand, which is nothing where it is out of range: else no integral would settle."""
    try:
        return _value(body, values)
    except TooBigError:
        return mp.mpf(0)


def _limit(node: Node, values: Mapping[str, Any]) -> Any:
    """A limit by two points very near to it on each side, which have to agree."""
    variable, side, target, body = node.args
    end = _value(target, values)
    if mp.isinf(end):
        points = [mp.sign(end) * mp.mpf(10) ** n for n in (20, 24)]
    else:
        signs = (side,) if side else (1, -1)
        points = [end + sign * mp.mpf(10) ** -n for n in (20, 24) for sign in signs]
    found = [value(body, {**values, variable: point}) for point in points]
    if any(v is None or abs(v - found[0]) > mp.mpf(10) ** -ROUGH * (1 + abs(v)) for v in found):
        raise UnreadableError("a limit that does not settle")
    return found[-1]


def _integral(node: Node, values: Mapping[str, Any]) -> Any:
    """A definite integral by quadrature, to about `ROUGH` digits."""
    variable, low, high, body = node.args
    ends = [_value(low, values), _value(high, values)]
    if any(mp.im(end) for end in ends):
        raise UnreadableError("the bounds of an integral")
    with mp.workdps(ROUGH + 10):
        found, error = mp.quad(
            lambda at: _decaying(body, {**values, variable: at}), ends, error=True, maxdegree=7
        )
    if error > mp.mpf(10) ** -ROUGH * (1 + abs(found)):
        raise UnreadableError("an integral that does not settle")
    return found


def _power(base: Any, exponent: Any) -> Any:
    if base == 0:
        return base**exponent
    if abs(exponent) * abs(mp.log(abs(base), 2)) > MOST_MAGNITUDE or abs(exponent) > MOST_EXPONENT:
        raise TooBigError("a power")
    return base**exponent


def _factorial(argument: Any) -> Any:
    if abs(argument) > 2000:
        raise TooBigError("a factorial")
    return mp.factorial(argument)


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "mul": lambda left, right: _sized(left * right),
    "div": lambda left, right: _sized(left / right),
    "neg": operator.neg,
    "abs": abs,
    "pow": _power,
    "fact": _factorial,
}
_WITH_BODY: dict[str, Callable[[Node, Mapping[str, Any]], Any]] = {
    "form": _as_if_random,
    "opaque": _as_if_random,
    "sum": _sum,
    "lim": _limit,
    "int": _integral,
}


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
