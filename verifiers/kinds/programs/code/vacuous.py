"""Tests that test nothing: before a suite is believed, programs that do nothing run against it.

Functions that return None, 0, "" or [], or the commonest value that the tests expect; a program
that prints nothing, or the commonest output. A suite of several tests is vacuous if one of these
passes; a single test, which some constant always passes, if all of them do. None of it needs the
program's sandbox: what a null program answers is known.
"""

import hashlib
from collections import Counter
from typing import Any

from verifiers.kinds.programs.code import asserts
from verifiers.kinds.programs.code.compare import same_output
from verifiers.kinds.programs.code.one_test import checked, far_tests, right_value
from verifiers.kinds.programs.code.sandboxes import Pair
from verifiers.kinds.programs.code.suite import Suite
from verifiers.sandbox.inside.serialization import dumps

_FOREIGN = "\x00 nothing that a test expects"
_NULLS: tuple[Any, ...] = (None, 0, "", [], _FOREIGN)
_known: dict[bytes, str] = {}
_MOST_KNOWN = 10_000  # suites that are remembered: the samples of a problem share one


def vacuous(suite: Suite, tests: list[Any], pair: Pair) -> str:
    """The null program that passes, in words; empty for a suite that tests something."""
    key = hashlib.blake2b(dumps(list(suite)).encode("ascii"), digest_size=16).digest()
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = (
            _outputs(suite, pair) if suite.kind == "stdio" else _values(suite, tests, pair)
        )
    return _known[key]


def _outputs(suite: Suite, pair: Pair) -> str:
    commonest = Counter(case["output"] for case in suite.cases).most_common(1)[0][0]
    passed = []
    for output in dict.fromkeys(("", commonest, _FOREIGN)):
        if suite.checker:
            one = all(checked(suite, case, output, pair)[0] == "pass.tests" for case in suite.cases)
        else:
            one = all(same_output(case["output"], output, suite) for case in suite.cases)
        passed += [output] if one else []
    several = len({case["input"] for case in suite.cases}) > 1
    if passed and (several or _FOREIGN in passed):
        return f"vacuous: a program that always prints {passed[0]!r:.60} passes"
    return ""


def _values(suite: Suite, tests: list[Any], pair: Pair) -> str:
    expected = [test.expected for test in tests if isinstance(test, asserts.Call)]
    counted = Counter(dumps(value) for value in expected)
    written = [value for test in tests if isinstance(test, asserts.Code)
               for value in asserts.constants(test.source)]  # fmt: skip
    values = {dumps(value): value for value in (*_NULLS, *expected, *written)}
    nulls = [dumps(value) for value in _NULLS] + [text for text, _ in counted.most_common(1)]
    nulls += map(dumps, written)
    passed, asked = [], 0
    alone = len(tests) == 1
    for text in dict.fromkeys(nulls):
        calls: set[str] = set()
        one = all(_passes(suite, test, text, calls, values, pair) for test in tests)
        asked = max(asked, len(calls))
        passed += [text] if one else []
        if alone and asked < 2 and not one:
            return ""
    if passed and (asked != 1 or len(passed) == len(dict.fromkeys(nulls))):
        return f"vacuous: a function that always returns {passed[0]:.60} passes"
    return ""


def _passes(
    suite: Suite, test: Any, text: str, calls: set[str], values: dict[str, Any], pair: Pair
) -> bool:
    """Whether a function that always returns the value `text` passes one test."""
    if isinstance(test, asserts.Call):
        calls.add(dumps([test.entry, test.arguments, test.keywords]))
        return right_value(suite, test, values[text])

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        calls.add(f"{question['ask']} {question['arguments']}")
        return {"value": text}

    run = far_tests(suite, test, answer, pair)
    return run.how == "exited" and run.status == 0 and not run.said.get("failed")
