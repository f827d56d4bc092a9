"""The tests of a code problem in longcot's form, which docs/recipes.md describes.

`read_suite` reads it; `canonical` writes it from the published forms (`forms.py`).
"""

from typing import Any, NamedTuple

from verifiers.kinds.programs.code import forms, limits
from verifiers.kinds.programs.code.forms import Raw
from verifiers.kinds.programs.code.languages import named
from verifiers.kinds.programs.code.tolerance import stated_tolerance

SECONDS = 6.0
"""CPU seconds of one test where the problem says nothing: LiveCodeBench's limit."""
MEMORY_MB = 1024
"""Megabytes of one test where the problem says nothing; numpy alone takes 300."""

_UNREADABLE = (
    ValueError, TypeError, KeyError, AttributeError, SyntaxError, RecursionError, MemoryError,
    OverflowError, IndexError,
)  # fmt: skip


class Suite(NamedTuple):
    """The tests of one problem.

    `kind`: "stdio" (cases: `input` and `output` text), "function" (`input`: the arguments,
    `output`: the value), "asserts" (statements that call the program's functions) or "check" (a
    function `check(candidate)`). `prompt`: code that the program answers and may continue.
    `tolerance`: absolute or relative, whichever is larger; None compares exactly. `unordered`:
    lines, or the items of a list, in any order. `wrapped`: the value may stand alone where a list
    of one was expected. `checker`: a Python program that decides. `any_language`: nothing says in
    which language the program has to be, so it is in the one that it says it is.
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
    any_language: bool = False


def read_suite(text: str | None, statement: str = "") -> Suite | None:
    """The suite that `tests` describes; None where there is none, or none that can be read.

    The statement may say which error is allowed.
    """
    found = canonical(text, statement) if text else None
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
        found["type"] == "stdio" and "language" not in found,
    )


def canonical(tests: Any, statement: str = "", entry_point: str | None = None) -> Raw | None:
    """`tests` (JSON text, or what it holds) in longcot's form; None where it cannot be read.

    `statement` is the problem, which HumanEval's tests need: it is code that the program answers.
    Already canonical tests come out as they are.
    """
    try:
        value = forms.loaded(tests) if isinstance(tests, str) else tests
        found = forms.converted(value, statement, entry_point or "")
        if found and not found.get("entry_point", "x").isidentifier():
            return None
        return _with_limits(found, value, statement) if found and found["cases"] else None
    except _UNREADABLE:
        return None


def _with_limits(found: Raw, value: Any, statement: str) -> Raw:
    """The suite with what its source says besides tests: language, limits, checker, tolerance.

    The statement's tolerance counts where the tests name none. Raises ValueError for a language
    that is not known.
    """
    stated = value if isinstance(value, dict) else {}
    if isinstance(stated.get("verification_info"), dict):
        stated = stated["verification_info"]
    if stated.get("language"):
        language = named(str(stated["language"]))
        if language is None:
            raise ValueError(f"no language {stated['language']}")
        if language != "python" or found["type"] == "stdio":
            found["language"] = language
    if (limit := limits.seconds(stated.get("time_limit"))) is not None:
        found["time_limit"] = limit
    if (memory := limits.megabytes(stated)) is not None:
        found["memory_mb"] = memory
    if stated.get("checker"):
        found["checker"] = str(stated["checker"])
    compare = limits.comparison(stated)
    if "tolerance" not in compare and found["type"] != "check":
        allowed = stated_tolerance(statement)
        if allowed is not None:
            compare["tolerance"] = allowed
    if stated.get("fn_name") and all(_alone(case["output"]) for case in found["cases"]):
        compare["wrapped"] = True  # APPS has values of many functions so, and takes both
    if compare:
        found["compare"] = compare
    return found


def _alone(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1
