"""The wire format of values: plain data between a program and the judge, never pickle.

A value travels as JSON: null, booleans, small integers and text stand for themselves, everything
else is `{"type": ..., ...}`. What is no plain data (a function, a generator, an object whose
`__eq__` says yes to everything) travels as the name of its type, and equals nothing.
"""

import json
from typing import Any

DEPTH = 100  # levels of nesting; a deeper value, or one that holds itself, is no plain data
_TYPES = (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)
_SAFE = 2**53  # integers that every JSON reader keeps


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


def dumps(value: Any) -> str:
    """A value as one line of JSON."""
    return json.dumps(_encoded(value, DEPTH))


def loads(text: str) -> Any:
    """The value that `dumps` wrote; ValueError for anything that it would not write."""
    try:
        return _decoded(json.loads(text))
    except (
        KeyError,
        TypeError,
        StopIteration,
        AttributeError,
        RecursionError,
        OverflowError,
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
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return _encoded(value.tolist(), depth - 1)
    for base, plain in _PLAIN:
        if issubclass(type(value), base):
            return _encoded(plain(value), depth)
    return {"type": "opaque", "name": type(value).__name__}


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
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
        return tuple(map(_decoded, value["items"]))
    if kind == "set":
        return set(map(_decoded, value["items"]))
    if kind == "dict":
        return {_decoded(k): _decoded(v) for k, v in value["items"]}
    if kind == "type":
        return next(known for known in _TYPES if known.__name__ == value["name"])
    if kind == "opaque":
        return Opaque(str(value["name"]))
    raise ValueError(f"no type {kind!r}")
