"""Test functions as pytest and unittest run them: collected, called once per parameter set.

A small part of pytest: `raises`, `approx`, `mark.parametrize`, `skip`. What else a test asks of it
is an ImportError or an AttributeError, so the test counts as broken and never as passed.
"""

import inspect
import itertools
import math
import re
import types
import unittest
from collections.abc import Callable, Iterator
from typing import Any

from .remote_functions import Far

OWN_MODULES = ("solution", "main", "submission", "candidate", "your_module")
"""Names under which tests import the program."""


def modules(far: Far) -> dict[str, types.ModuleType]:
    """pytest, and the program as a module of each of its usual names."""
    found = {}
    for name in OWN_MODULES:
        found[name] = types.ModuleType(name)
        found[name].__dict__["__getattr__"] = _public(far)
    pytest = found["pytest"] = types.ModuleType("pytest")
    pytest.__dict__.update(raises=Raises, approx=Approx, mark=_Mark(), param=_param)
    return found


def run(namespace: dict[str, Any]) -> None:
    """Call every test function and method of the namespace. Raises what the first one raises."""
    for name, thing in list(namespace.items()):
        if name.startswith("test") and isinstance(thing, types.FunctionType):
            _each(thing, thing)
        elif isinstance(thing, type) and issubclass(thing, unittest.TestCase):
            _case(thing)
        elif isinstance(thing, type) and name.startswith("Test"):
            for method in [n for n in vars(thing) if n.startswith("test")]:
                own = thing()
                for before in ("setup_method", "setUp"):
                    if hasattr(own, before):
                        getattr(own, before)()
                _each(getattr(own, method), vars(thing)[method])


def _public(far: Far) -> Callable[[str], Any]:
    def found(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return far.named(name)

    return found


def _each(test: Callable[..., Any], marked: Any) -> None:
    """Call a test with each combination of its parameter sets; what it returns counts if False."""
    sets = [_rows(*given) for given in getattr(marked, "parameters", [])]
    for chosen in itertools.product(*sets):
        given: dict[str, Any] = {}
        for part in chosen:
            given.update(part)
        missing = [n for n in inspect.signature(test).parameters if n not in given]
        if missing:
            raise ImportError(f"a fixture: {', '.join(missing)}")
        assert test(**given) is not False


def _rows(names: str | list[str], values: Any) -> Iterator[dict[str, Any]]:
    listed = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    for value in values:
        row = [value] if len(listed) == 1 and not isinstance(value, _Parameters) else list(value)
        yield dict(zip(listed, row, strict=True))


def _case(case: type[unittest.TestCase]) -> None:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    for _, words in [*result.failures, *result.errors]:
        raise AssertionError(words.strip().rpartition("\n")[2])


class _Parameters(tuple[Any, ...]):
    pass


def _param(*values: Any, **_: Any) -> _Parameters:
    return _Parameters(values)


class _Mark:
    def __getattr__(self, name: str) -> Any:
        return self._parametrize if name == "parametrize" else _unchanged

    def _parametrize(self, names: str | list[str], values: Any, **_: Any) -> Any:
        def mark(test: Any) -> Any:
            test.parameters = [*getattr(test, "parameters", []), (names, list(values))]
            return test

        return mark


def _unchanged(*arguments: Any, **_: Any) -> Any:
    """A mark that changes nothing, with arguments or without."""
    plain = len(arguments) == 1 and callable(arguments[0])
    return arguments[0] if plain else lambda test: test


class Raises:
    """`with raises(ValueError, match="..."):`, or `raises(ValueError, f, 1)`."""

    def __init__(self, kind: Any, *call: Any, match: str | None = None, **keywords: Any) -> None:
        self.kind, self.match, self.value = kind, match, None
        if call:
            with self:
                call[0](*call[1:], **keywords)

    def __enter__(self) -> "Raises":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        assert kind is not None, f"did not raise {self.kind}"
        if not issubclass(kind, self.kind):
            return False
        self.value, self.type = error, kind
        assert self.match is None or re.search(self.match, str(error)), "another message"
        return True


class Approx:
    """A number, or numbers in a list, tuple or dict, that may differ by a little."""

    def __init__(self, expected: Any, rel: float | None = None, abs: float | None = None) -> None:
        self.expected = expected
        self.rel = rel if rel is not None else (0.0 if abs is not None else 1e-6)
        self.abs = abs if abs is not None else 1e-12

    def __eq__(self, got: Any) -> bool:
        return self._near(self.expected, got)

    def __hash__(self) -> int:
        return id(self)

    def _near(self, wanted: Any, got: Any) -> bool:
        if isinstance(wanted, dict):
            return isinstance(got, dict) and wanted.keys() == got.keys() and all(
                self._near(wanted[key], got[key]) for key in wanted)  # fmt: skip
        if isinstance(wanted, list | tuple):
            return isinstance(got, list | tuple) and len(wanted) == len(got) and all(
                map(self._near, wanted, got))  # fmt: skip
        if isinstance(wanted, int | float) and isinstance(got, int | float):
            return math.isclose(wanted, got, rel_tol=self.rel, abs_tol=self.abs)
        return bool(wanted == got)
