"""The tests of a code problem: one form, and how the forms in use are brought to it.

The form is described in docs/recipes.md. `read_suite` reads it; `canonical` writes it from what
HumanEval, MBPP, APPS, CodeContests, TACO, LiveCodeBench and their copies say.
"""

import ast
import json
import re
from typing import Any, NamedTuple

from verifiers.kinds.programs.code.asserts import asked_for

LANGUAGES = ("python", "cpp", "javascript", "bash")
SECONDS = 6.0
"""CPU seconds of one test where the problem says nothing: LiveCodeBench's limit."""
MEMORY_MB = 1024
"""Megabytes of one test where the problem says nothing; numpy alone takes 300."""

_TOLERANCE = re.compile(
    r"(?:absolute|relative)[^.]{0,80}error[^.]{0,80}?10\s*\^?\s*\{?\s*[-−–]\s*(\d{1,2})"
)
_DEFINED = re.compile(r"^def +(\w+)", re.MULTILINE)

Raw = dict[str, Any]

_UNREADABLE = (
    ValueError, TypeError, KeyError, AttributeError, SyntaxError, RecursionError, MemoryError
)  # fmt: skip


class Suite(NamedTuple):
    """The tests of one problem.

    `kind`: "stdio" (cases: `input` and `output` text), "function" (`input`: the arguments,
    `output`: the value), "asserts" (statements that call the program's functions) or "check" (a
    function `check(candidate)`). `prompt`: code that the program answers and may continue.
    `tolerance`: absolute or relative, whichever is larger; None compares exactly. `unordered`:
    lines, or the items of a list, in any order. `wrapped`: the value may stand alone where a list
    of one was expected. `checker`: a Python program that decides.
    """

    kind: str
    cases: list[Any]
    language: str = "python"
    entry: str = ""
    prompt: str = ""
    setup: str = ""
    seconds: float = SECONDS
    memory_mb: int = MEMORY_MB
    tolerance: float | None = None
    unordered: bool = False
    wrapped: bool = False
    checker: str = ""


def read_suite(text: str | None) -> Suite | None:
    """The suite that `tests` describes; None where there is none, or none that can be read."""
    found = canonical(text) if text else None
    if not found:
        return None
    compare = found.get("compare", {})
    return Suite(
        found["type"],
        found["cases"],
        found.get("language", "python"),
        found.get("entry_point", ""),
        found.get("prompt", ""),
        found.get("setup", ""),
        found.get("time_limit", SECONDS),
        found.get("memory_mb", MEMORY_MB),
        compare.get("tolerance"),
        compare.get("unordered", False),
        compare.get("wrapped", False),
        found.get("checker", ""),
    )


def canonical(tests: Any, statement: str = "", entry_point: str | None = None) -> Raw | None:
    """`tests` (JSON text, or what it holds) in longcot's form; None where it cannot be read.

    `statement` is the problem, which HumanEval's tests need: it is code that the program answers.
    Already canonical tests come out as they are.
    """
    try:
        value = _loaded(tests) if isinstance(tests, str) else tests
        found = _form(value, statement, entry_point or "")
        if found and not found.get("entry_point", "x").isidentifier():
            return None
        return _with_limits(found, value, statement) if found and found["cases"] else None
    except _UNREADABLE:
        return None


def _loaded(text: str) -> Any:
    """What JSON text holds; test code that is no JSON is a check, or one assert a line."""
    if re.match(r"\s*[\[{\"]", text):
        return json.loads(text)
    if "def check(" in text:
        return {"check": text}
    return {"asserts": [line for line in text.splitlines() if line.startswith("assert ")]}


def _form(value: Any, statement: str, entry: str) -> Raw | None:
    if isinstance(value, list):
        return _listed(value, entry)
    entry = value.get("entry_point") or value.get("fn_name") or entry
    cases = value.get("cases", value.get("tests"))
    check = value.get("check", value.get("test"))
    if value.get("type") == "check" or isinstance(check, str):
        check = check if isinstance(check, str) else cases[0]
        prompt = value.get("prompt", _code(statement))
        names = _DEFINED.findall(prompt)
        return _made("check", [check], entry or (names[-1] if names else ""), prompt=prompt)
    asserts = value.get("asserts", value.get("test_list"))
    if asserts is not None or value.get("type") == "asserts":
        setup = value.get("setup") or value.get("test_setup_code") or ""
        more = value.get("challenge") or value.get("challenge_test_list") or []
        listed = list(asserts) + list(more) if asserts is not None else cases
        listed = [str(text) for text in listed]
        return _made("asserts", listed, entry or asked_for(listed), setup=setup)
    if isinstance(cases, list):
        return _listed(cases, entry)
    if any(key.endswith("_tests") for key in value):
        parts = [value.get(f"{name}_tests") or {} for name in ("public", "private", "generated")]
        pairs = [p for part in parts for p in _paired(part.get("input"), part.get("output"))]
        return _listed(pairs, entry)
    columns = cases if isinstance(cases, dict) else value
    entry = columns.get("fn_name") or entry
    return _listed(_paired(columns.get("inputs"), columns.get("outputs")), entry)


def _made(kind: str, cases: list[Any], entry: str, **more: str) -> Raw:
    found = {"type": kind, "cases": cases, "entry_point": entry, **more}
    return {key: part for key, part in found.items() if part}  # no empty texts


def _paired(inputs: Any, outputs: Any) -> list[Any]:
    return list(zip(inputs or [], outputs or [], strict=True))


def _listed(pairs: list[Any], entry: str) -> Raw | None:
    """Cases from pairs, or from objects with `input` and `output`."""
    if pairs and all(isinstance(pair, str) for pair in pairs):
        return _made("asserts", pairs, entry or asked_for(pairs))
    cases = []
    for pair in pairs:
        functional = False
        if isinstance(pair, dict):
            put, got = pair["input"], pair["output"]
            functional = pair.get("testtype") == "functional"
            entry = (pair.get("metadata") or {}).get("func_name") or entry
        else:
            put, got = pair
        if functional or (entry and isinstance(put, str)):  # one argument a line, as JSON
            put = [json.loads(line) for line in put.strip().splitlines()]
            got = json.loads(got)
        cases.append({"input": put, "output": got})
    if entry:
        return _made("function", cases, entry)
    for case in cases:
        for key, part in case.items():
            case[key] = part if isinstance(part, str) else "\n".join(map(str, part))
    return _made("stdio", cases, "")


def _with_limits(found: Raw, value: Any, statement: str) -> Raw:
    stated = value if isinstance(value, dict) else {}
    language = str(stated.get("language", "python")).lower()
    if language not in LANGUAGES:
        raise ValueError(f"no language {language}")
    if language != "python":
        found["language"] = language
    limit = stated.get("time_limit")
    if isinstance(limit, dict):  # CodeContests: seconds and nanos
        limit = limit.get("seconds", 0) + limit.get("nanos", 0) / 1e9
    if limit:
        found["time_limit"] = float(limit)
    memory = stated.get("memory_mb") or stated.get("memory_limit_bytes", 0) / 1e6
    if memory:
        found["memory_mb"] = round(memory)
    if stated.get("checker"):
        found["checker"] = str(stated["checker"])
    compare = dict(stated.get("compare") or {})
    if "float_tol" in compare:
        compare["tolerance"] = compare.pop("float_tol")
    allowed = _TOLERANCE.search(statement) if found["type"] == "stdio" else None
    if allowed and "tolerance" not in compare:
        compare["tolerance"] = 10.0 ** -int(allowed[1])
    if stated.get("fn_name") and all(_alone(case["output"]) for case in found["cases"]):
        compare["wrapped"] = True  # APPS has values of many functions so, and takes both
    if compare:
        found["compare"] = compare
    return found


def _alone(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1


def _code(statement: str) -> str:
    """The statement where it is Python that a program continues; empty otherwise."""
    try:
        ast.parse(statement)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ""
    return statement if "def " in statement else ""
