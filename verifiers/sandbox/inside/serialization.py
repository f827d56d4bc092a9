"""The wire format of values: plain data between a program and the judge, never pickle.

A value travels as JSON: null, booleans, small integers and text stand for themselves, everything
else is `{"type": ..., ...}`. What is no plain data (a function, an object whose `__eq__` says yes
to everything) travels as the name of its type, and equals nothing. What is used up by reading (a
generator) or looks into something else (a view of a dict) travels as its items: the other sandbox
gets an iterator or a list of them, the judge a thing that equals nothing.
"""

import json
import re
from collections import deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

DEPTH = 100  # levels of nesting; a deeper value, or one that holds itself, is no plain data
_TYPES = (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)
_SAFE = 2**53  # integers that every JSON reader keeps
_MOST_ITEMS = 10_000  # of an iterator; one that gives more may never end
_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


class Opaque:
    """Stands for a value that is no plain data; equal to nothing, not even to itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Iterated(Opaque):
    """Stands for an iterator, which equals nothing; `items` are what it gave."""

    def __init__(self, name: str, items: list[Any]) -> None:
        super().__init__(name)
        self.items = items


class _Made(NamedTuple):
    """A type of the standard library: its values in plain parts, and back.

    `outside`: the judge makes it too; what may cost or run something is made in a sandbox only.
    """

    parts: Callable[[Any], list[Any]]
    make: Callable[..., Any]
    outside: bool = True


_MADE: dict[type, _Made] = {
    Fraction: _Made(lambda v: [v.numerator, v.denominator], Fraction),
    Decimal: _Made(lambda v: [str(v)], Decimal),
    date: _Made(lambda v: [v.isoformat()], date.fromisoformat),
    datetime: _Made(lambda v: [v.isoformat()], datetime.fromisoformat),
    time: _Made(lambda v: [v.isoformat()], time.fromisoformat),
    timedelta: _Made(lambda v: [v.days, v.seconds, v.microseconds], timedelta),
    range: _Made(lambda v: [v.start, v.stop, v.step], range),
    deque: _Made(lambda v: [list(v), v.maxlen], deque),
    re.Pattern: _Made(lambda v: [v.pattern, v.flags], re.compile, outside=False),
}
_NAMED = {kind.__name__: made for kind, made in _MADE.items()}


def dumps(value: Any) -> str:
    """A value as one line of JSON."""
    return json.dumps(_encoded(value, DEPTH))


def loads(text: str, inside: bool = False) -> Any:
    """The value that `dumps` wrote; ValueError for anything that it would not write.

    `inside` a sandbox a value is as it was; outside it is plain data or an `Opaque`.
    """
    try:
        return _decoded(json.loads(text), inside)
    except (
        KeyError,
        TypeError,
        StopIteration,
        AttributeError,
        RecursionError,
        OverflowError,
        ArithmeticError,
        re.error,
    ) as error:
        raise ValueError(f"not a value: {error}") from None


def _encoded(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in (list, tuple, set, frozenset, dict) and depth <= 0:
        return {"type": "opaque", "name": "too deep"}
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if -_SAFE < value < _SAFE else {"type": "int", "hex": hex(value)}
    if kind is float:
        return {"type": "float", "repr": repr(value)}
    if kind is complex:
        return {"type": "complex", "parts": [repr(value.real), repr(value.imag)]}
    if kind in (bytes, bytearray):
        return {"type": "bytes", "hex": bytes(value).hex()}
    if kind is list:
        return [_encoded(item, depth - 1) for item in value]
    if kind in (tuple, set, frozenset):
        name = "tuple" if kind is tuple else "set"
        return {"type": name, "items": [_encoded(item, depth - 1) for item in value]}
    if kind is type and value in _TYPES:  # tests may hand over `int`
        return {"type": "type", "name": value.__name__}
    if kind is dict:
        pairs = [[_encoded(k, depth - 1), _encoded(v, depth - 1)] for k, v in value.items()]
        return {"type": "dict", "items": pairs}
    return _kin(value, depth)


_PLAIN: list[tuple[type, Any]] = [
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (list, lambda value: list(list.__iter__(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: set(frozenset.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))),
]


def _kin(value: Any, depth: int) -> Any:
    """Subclasses (Counter, namedtuple, IntEnum) as what they extend, numpy's as Python's own."""
    kind = type(value)
    if kind.__module__ == "numpy" and hasattr(value, "tolist"):
        plain = _encoded(value.tolist(), depth - 1)
        if not getattr(value, "ndim", 0):
            return plain
        return {"type": "array", "of": str(value.dtype), "items": plain}
    if kind in _MADE:
        parts = _encoded(_MADE[kind].parts(value), depth)
        return {"type": "made", "of": kind.__name__, "parts": parts}
    if kind in _VIEWS or hasattr(kind, "__next__"):
        items = list(islice(value, _MOST_ITEMS + 1))
        if len(items) <= _MOST_ITEMS:
            name = "view" if kind in _VIEWS else "iterator"
            return {"type": name, "of": kind.__name__, "items": _encoded(items, depth - 1)}
        return {"type": "opaque", "name": kind.__name__}
    for base, plain in _PLAIN:
        if issubclass(type(value), base):
            return _encoded(plain(value), depth)
    return {"type": "opaque", "name": type(value).__name__}


def _decoded(value: Any, inside: bool) -> Any:
    if isinstance(value, list):
        return [_decoded(item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value["type"]
    if kind == "int":
        return int(value["hex"], 16)
    if kind == "float":
        return float(value["repr"])
    if kind == "complex":
        return complex(*map(float, value["parts"]))
    if kind == "bytes":
        return bytes.fromhex(value["hex"])
    if kind == "tuple":
        return tuple(_decoded(item, inside) for item in value["items"])
    if kind == "set":
        return {_decoded(item, inside) for item in value["items"]}
    if kind == "dict":
        return {_decoded(k, inside): _decoded(v, inside) for k, v in value["items"]}
    if kind == "type":
        return next(known for known in _TYPES if known.__name__ == value["name"])
    if kind == "opaque":
        return Opaque(str(value["name"]))
    return _rebuilt(kind, value, inside)


def _rebuilt(kind: str, value: dict[str, Any], inside: bool) -> Any:
    """What is more than plain data."""
    if kind == "array":
        items = _decoded(value["items"], inside)
        if not inside:
            return items
        import numpy  # the sender had it, and most programs never need it

        return numpy.array(items, dtype=value["of"])
    if kind == "made":
        made = _NAMED[value["of"]]
        if not inside and not made.outside:
            return Opaque(str(value["of"]))
        return made.make(*_decoded(value["parts"], inside))
    if kind in ("iterator", "view"):
        items = _decoded(value["items"], inside)
        if not inside:
            name = str(value["of"])
            return Iterated(name, items) if kind == "iterator" else Opaque(name)
        return iter(items) if kind == "iterator" else items
    raise ValueError(f"no type {kind!r}")
