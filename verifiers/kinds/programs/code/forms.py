"""The published forms of tests: how each is recognised, and how it is brought to longcot's own.

A new form is a line of `FORMS` with an example; the first that fits is taken. Converters may raise
anything that reading a shape raises: see `suite.canonical`.
"""

import ast
import re
from collections.abc import Callable
from itertools import takewhile
from typing import Any, NamedTuple

from verifiers.kinds.programs.code.asserts import asked_for
from verifiers.kinds.programs.code.literals import read_json

Raw = dict[str, Any]

_DEFINED = re.compile(r"^def +(\w+)", re.MULTILINE)
_OWN = ("stdio", "function", "asserts", "check")
_NESTED = ("verification_info", "input_output", "test_cases", "test_info", "tests", "cases")


class Form(NamedTuple):
    """One published form. `convert` takes the value, the problem's statement and its function."""

    name: str
    example: str
    fits: Callable[[Any], bool]
    convert: Callable[[Any, str, str], Raw | None]


def converted(value: Any, statement: str, entry: str) -> Raw | None:
    """A value in longcot's form, by the first form that fits; None where none does."""
    if isinstance(value, dict):
        entry = value.get("entry_point") or value.get("fn_name") or entry
    entry = entry.removeprefix("Solution().")  # LeetCodeDataset
    for form in FORMS:
        if form.fits(value):
            return form.convert(value, statement, entry)
    return None


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and any(value.get(key) for key in keys)


def _is_check(value: Any) -> bool:
    text = _test_code(value)
    return "def check(" in text or (isinstance(value, dict) and value.get("type") == "check")


def _test_code(value: Any) -> str:
    """The test code of a problem, where it is one text."""
    found = value.get("check", value.get("test")) if isinstance(value, dict) else ""
    if not found and isinstance(value, dict) and value.get("type") == "check":
        found = value["cases"][0]
    return found if isinstance(found, str) else ""


def _check(value: Raw, statement: str, entry: str) -> Raw:
    prompt = value.get("prompt", _code(statement))
    names = _DEFINED.findall(prompt)
    entry = entry or (names[-1] if names else "")
    return _made("check", [_test_code(value)], entry, prompt=prompt)


def _test_functions(value: Raw, statement: str, entry: str) -> Raw:
    return _asserts({"asserts": [_test_code(value)]}, statement, entry)


def _is_asserts(value: Any) -> bool:
    given = _has("asserts", "test_list", "challenge", "challenge_test_list")(value)
    return given or (isinstance(value, dict) and value.get("type") == "asserts")


def _asserts(value: Raw, statement: str, entry: str) -> Raw:
    listed = value.get("asserts", value.get("test_list"))
    if listed is None:
        listed = value.get("cases") or []
    more = value.get("challenge") or value.get("challenge_test_list") or []
    cases = [str(text) for text in [*listed, *more]]
    setup = value.get("setup") or value.get("test_setup_code") or ""
    return _made("asserts", cases, entry or asked_for(cases), setup=setup)


def _contests(value: Raw, statement: str, entry: str) -> Raw | None:
    parts = [value.get(f"{name}_tests") or {} for name in ("public", "private", "generated")]
    pairs = [p for part in parts for p in _paired(part.get("input"), part.get("output"))]
    return _listed(pairs, entry)


def _columns(value: Raw, statement: str, entry: str) -> Raw | None:
    return _listed(_paired(value["inputs"], value["outputs"]), entry)


def _nested(value: Raw, statement: str, entry: str) -> Raw | None:
    inner = next(value[key] for key in _NESTED if value.get(key))
    inner = read_json(inner) if isinstance(inner, str) else inner
    return converted(inner, statement, entry)


def _rows(value: list[Any], statement: str, entry: str) -> Raw | None:
    return _listed(value, entry)


def _statements(value: list[str], statement: str, entry: str) -> Raw:
    return _asserts({"asserts": value}, statement, entry)


FORMS = [
    Form("HumanEval, LeetCodeDataset: a check", '{"test": "def check(candidate): ..."}',
         _is_check, _check),
    Form("KodCode: functions for pytest", '{"test": "def test_one():\\n    assert f(1) == 2"}',
         lambda value: bool(_test_code(value)), _test_functions),
    Form("MBPP: asserts", '{"test_list": ["assert f(1) == 2"]}', _is_asserts, _asserts),
    Form("CodeContests", '{"public_tests": {"input": ["1"], "output": ["2"]}}',
         _has("public_tests", "private_tests", "generated_tests"), _contests),
    Form("APPS, TACO: columns", '{"inputs": ["1"], "outputs": ["2"], "fn_name": "f"}',
         _has("inputs"), _columns),
    Form("one form inside another: SYNTHETIC-1, longcot's own",
         '{"test_cases": [{"type": "stdin_stdout", "input": "1", "output": "2"}]}',
         _has(*_NESTED), _nested),
    Form("a list of asserts", '["assert f(1) == 2"]',
         lambda value: isinstance(value, list) and all(isinstance(x, str) for x in value),
         _statements),
    Form("LiveCodeBench, DeepCoder: rows, or pairs",
         '[{"input": "1", "output": "2", "testtype": "stdin", "metadata": {}}]',
         lambda value: isinstance(value, list), _rows),
]  # fmt: skip
"""Every form, the more particular first; longcot's own is read by the same lines."""


def _made(kind: str, cases: list[Any], entry: str, **more: str) -> Raw:
    found = {"type": kind, "cases": cases, "entry_point": entry, **more}
    return {key: part for key, part in found.items() if part}  # no empty texts


def _paired(inputs: Any, outputs: Any) -> list[Any]:
    return list(zip(inputs or [], outputs or [], strict=True))


def _listed(pairs: list[Any], entry: str) -> Raw | None:
    """Cases from pairs, or from objects with `input` and `output`."""
    cases = []
    for pair in pairs:
        functional = False
        if isinstance(pair, dict):
            put, got = pair["input"], pair["output"]
            called = (pair.get("metadata") or {}).get("func_name") or pair.get("fn_name")
            functional = pair.get("testtype") == "functional"
            entry = called or entry
        else:
            put, got = pair
        if functional or (entry and isinstance(put, str)):  # one argument a line, as JSON
            put = [read_json(line) for line in put.strip().splitlines()]
            got = read_json(got) if isinstance(got, str) else got
        cases.append({"input": put, "output": got})
    if entry:
        return _made("function", cases, entry.removeprefix("Solution()."))
    for case in cases:
        for key, part in case.items():
            case[key] = "\n".join(map(str, part)) if isinstance(part, list) else _text(part)
    return _made("stdio", cases, "")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise TypeError(f"neither text nor lines: {value!r:.50}")


def _code(statement: str) -> str:
    """The statement where it is Python that a program continues; empty otherwise."""
    try:
        ast.parse(statement)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ""
    return statement if "def " in statement else ""


def loaded(text: str) -> Any:
    """What JSON text holds; test code that is no JSON is a check, test functions, or asserts."""
    if re.match(r"\s*[\[{\"]", text):
        value = read_json(text)
        return loaded(value) if isinstance(value, str) else value
    if re.search(r"^\s*(?:def (?:check|test\w*)\(|class Test\w*)", text, re.MULTILINE):
        return {"test": text}
    return _script(text)


def _script(text: str) -> Raw:
    """Test code as it stands: a test for each assert where there is nothing else but imports.

    Else the whole is one test: what stands between the asserts belongs to what they test.
    """
    if "assert" not in text:
        return {"asserts": []}
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"asserts": [text]}  # which is then broken
    imports = list(takewhile(lambda part: isinstance(part, ast.Import | ast.ImportFrom), body))
    asserts = body[len(imports) :]
    if not all(isinstance(part, ast.Assert) for part in asserts):
        return {"asserts": [text]}
    written = [ast.get_source_segment(text, part) or "" for part in asserts]
    return {"asserts": written, "setup": "\n".join(map(ast.unparse, imports))}
