"""Test code taken apart: which calls it makes, and what it wants of them.

`assert f(1, 2) == 3` is a call with plain arguments and an expected value: the call goes to the
sandbox, the value is compared by the judge. Anything else runs as it stands, in a sandbox of its
own, where the program's functions are stand-ins that ask the judge. Nothing is evaluated here.
"""

import ast
import builtins
import sys
from typing import Any, NamedTuple

from verifiers.kinds.programs.code.literals import readable

_MOST_CONSTANTS = 16
_IMPORTS = {"np": "import numpy as np", "pd": "import pandas as pd"}
_MODULES = sys.stdlib_module_names | {"pytest", "numpy", "np", "pd"}

Wanted = str  # "equal", "same" (is), "true" or "false"


class Call(NamedTuple):
    """One call and what it must return; `strict`: as Python compares, tuples are no lists."""

    entry: str
    arguments: list[Any]
    keywords: dict[str, Any]
    wanted: Wanted
    expected: Any
    strict: bool = True


class Code(NamedTuple):
    """Test code that runs as it stands; `names` are the program's functions that it uses."""

    source: str
    names: list[str]


def from_asserts(statements: list[str], setup: str) -> list[Call | Code]:
    """One test per statement. Raises SyntaxError, ValueError, RecursionError for broken code."""
    tests: list[Call | Code] = []
    statements = [readable(statement) for statement in statements]
    entry = asked_for(statements)
    for statement in statements:
        body = ast.parse(statement).body
        calls = [] if setup.strip() else [_call(part, "", entry) for part in body]
        if calls and all(calls):
            tests += [call for call in calls if call]
        else:
            source = f"{setup}\n{statement}"
            tests.append(_code(source, entry if hasattr(builtins, entry) else "", ""))
    return tests


def asked_for(statements: list[str]) -> str:
    """The function that asserts are about: the first they call that Python does not have.

    Or one that they hand over (`map(f, ...)`). One that Python has, if they name no other (MBPP
    asks for a `sum` of its own).
    """
    trees = [ast.parse(readable(statement)) for statement in statements]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    called = [function.id for function in functions if isinstance(function, ast.Name)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {name.id for name in names if not isinstance(name.ctx, ast.Load)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    known = bound | set(dir(builtins)) | _MODULES
    used = [name.id for name in names if name.id not in known]
    own = [name for name in called if not hasattr(builtins, name) and name not in bound]
    return (own or used or called or [""])[0]


def from_check(source: str, entry: str, prompt: str) -> list[Call | Code]:
    """The asserts of `check(candidate)`, one test each; one test for all where they hang together.

    `prompt` may define helpers that the test uses. A check that returns something false fails.
    Raises as `from_asserts` does.
    """
    source = readable(source)
    calls = _calls(ast.parse(source), entry)
    whole = f"{source}\n\nassert (lambda told: told is None or told)(check({entry}))"
    return list(calls) if calls else [_code(whole, entry, prompt)]


def constants(source: str) -> list[Any]:
    """The plain values that test code writes down, any of which it may be waiting for."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set):
            try:
                found.append(ast.literal_eval(node))
            except (ValueError, TypeError, MemoryError, RecursionError):
                continue
    return found[:_MOST_CONSTANTS]


def _calls(tree: ast.Module, entry: str) -> list[Call]:
    """The calls of a check that consists of plain asserts; empty where it does more."""
    checks = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "check"]
    if len(checks) != 1 or len(checks[0].args.args) != 1:
        return []
    candidate = checks[0].args.args[0].arg
    found = []
    for part in checks[0].body:
        if _idle(part):
            continue
        call = _call(part, candidate, candidate)
        if call is None:
            return []
        found.append(call._replace(entry=entry))
    return found


def _idle(part: ast.stmt) -> bool:
    """Whether a statement tests nothing: a docstring, `pass`, `assert True`, an import."""
    if isinstance(part, ast.Pass | ast.Import | ast.ImportFrom):
        return True
    test = part.test if isinstance(part, ast.Assert) else None
    inner = part.value if isinstance(part, ast.Expr) else test
    return isinstance(inner, ast.Constant) and bool(inner.value)


def _call(part: ast.stmt, only: str, entry: str) -> Call | None:
    """The call that an assert makes, if its arguments and its expected value are plain.

    Of the function `only`; where that is empty, of `entry` or any that Python does not have.
    """
    if not isinstance(part, ast.Assert):
        return None
    test, wanted, expected = part.test, "true", None
    try:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, wanted = test.operand, "false"
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            left, right = test.left, test.comparators[0]
            if isinstance(test.ops[0], ast.Eq):
                wanted = "equal"
            elif isinstance(test.ops[0], ast.Is):
                wanted = "same"
            else:
                return None
            if not isinstance(left, ast.Call):
                left, right = right, left
            test, expected = left, ast.literal_eval(right)
            if wanted == "same" and not isinstance(expected, bool | None):
                return None
        if not isinstance(test, ast.Call) or not isinstance(test.func, ast.Name):
            return None
        name = test.func.id
        if name != (only or entry) and (only or hasattr(builtins, name)):
            return None
        arguments = [ast.literal_eval(argument) for argument in test.args]
        keywords = {str(k.arg): ast.literal_eval(k.value) for k in test.keywords if k.arg}
        if len(keywords) != len(test.keywords):
            return None
    except (ValueError, TypeError, MemoryError):  # not plain
        return None
    return Call(name, arguments, keywords, wanted, expected)


def _code(source: str, entry: str, prompt: str) -> Code:
    """Test code with the imports that its source leaves out, and the names that it calls.

    A name that neither the tests nor the prompt bind is one that the program has to define.
    """
    tree = ast.parse(source)
    bound, used, modules = set(dir(builtins)), [], []
    for node in [*ast.walk(tree), *(ast.walk(ast.parse(prompt)) if prompt else ())]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = node.value.id
            if name not in bound and name in _MODULES:  # MBPP leaves them out
                modules.append(_IMPORTS.get(name, f"import {name}"))
                bound.add(name)
        elif isinstance(node, ast.Name) and node.id not in used:
            used.append(node.id)
    names = [entry] if entry else []
    names += [name for name in used if name not in bound and name != entry]
    imports = "".join(f"{line}\n" for line in modules)
    return Code(imports + source, names)
