"""Whether one test holds: a value, an output, what a checker says, what test code says."""

import json
from typing import Any

from verifiers.kinds.programs.code import asserts
from verifiers.kinds.programs.code.compare import same_output, same_value
from verifiers.kinds.programs.code.sandboxes import Pair
from verifiers.kinds.programs.code.suite import Suite
from verifiers.sandbox import Limits, Run
from verifiers.sandbox.inside.serialization import Iterated, loads
from verifiers.sandbox.judge_channels import Answer

TEST_CODE = Limits(seconds=10.0, memory=1 << 30)
"""What a problem's own test code may take."""
CHECKER = TEST_CODE._replace(seconds=4.0)
"""What its checker may take for one output."""

_BROKEN = ("ImportError", "NameError", "SyntaxError")
"""What test code raises because of itself, whatever the program returned."""

_OUT_OF_MEMORY = (b"bad_alloc", b"heap out of memory", b"Cannot allocate memory", b"out of memory")

Word = tuple[str, str]
"""A reason, and what was seen."""


def ended(run: Run) -> Word:
    """The reason why a run did not end well, and what it said; empty where it did."""
    failed, detail = run.said.get("failed"), str(run.said.get("detail", ""))[:300]
    if run.how == "timeout" or run.status == -24:  # SIGXCPU
        return "fail.time_limit", f"{run.cpu:.2f} s of CPU, {run.wall:.2f} s in all"
    if run.how == "output" or failed == "output" or run.status == -25:  # SIGXFSZ
        return "fail.output_limit", detail
    if run.status == 0 and not failed:
        return "", ""
    if failed in ("syntax", "no_function"):
        return f"fail.{failed}", detail
    if failed == "memory" or any(words in run.errors for words in _OUT_OF_MEMORY):
        return "fail.memory_limit", detail
    words = run.errors[-300:].decode("utf-8", "replace")
    return "fail.exception", detail or words or f"exit status {run.status}"


def value(suite: Suite, test: asserts.Call, run: Run) -> Word:
    """Whether a call that ended well returned what was wanted."""
    try:
        got = loads(run.said["value"])
    except (KeyError, ValueError, TypeError) as error:
        return "fail.exception", f"no value came back: {error}"
    if right_value(suite, test, got):
        return "pass.tests", ""
    return "fail.wrong_output", f"value {_shown(got)}"


def right_value(suite: Suite, test: asserts.Call, got: Any) -> bool:
    """Whether a value is the one that a call must return."""
    if test.wanted in ("true", "false"):
        return not hasattr(got, "name") and bool(got) == (test.wanted == "true")
    if test.wanted == "same":
        return got is test.expected
    if test.strict and suite.tolerance is None and not suite.unordered:
        return _equal(test.expected, got)
    if isinstance(got, Iterated) and isinstance(test.expected, list):
        got = got.items  # JSON has no other way to write what a generator gives
    if same_value(test.expected, got, suite):
        return True
    return suite.wrapped and same_value(test.expected[0], got, suite)


def output(suite: Suite, case: dict[str, str], run: Run, pair: Pair) -> Word:
    """Whether a program that ended well printed what was wanted."""
    got = run.output.decode("utf-8", "replace")
    if suite.checker:
        return checked(suite, case, got, pair)
    if same_output(case["output"], got, suite):
        return "pass.tests", ""
    return "fail.wrong_output", f"printed {got!r:.200}"


def checked(suite: Suite, case: dict[str, str], got: str, pair: Pair) -> Word:
    """What the problem's own checker says: it reads a case as JSON, prints accept or reject.

    Where it says neither, the output is to blame if the checker accepts the expected one.
    """
    word, detail = _checker(suite, case, got, pair)
    if word:
        passed = word == "accept"
        return ("pass.tests", "") if passed else ("fail.wrong_output", "refused by the checker")
    if _checker(suite, case, case["output"], pair)[0] == "accept":
        return "fail.wrong_output", f"the checker cannot read it: {detail}"
    return "undecided.broken_tests", detail


def _checker(suite: Suite, case: dict[str, str], got: str, pair: Pair) -> Word:
    """The checker's word, or none and what happened."""
    data = json.dumps({**case, "got": got}).encode("ascii")
    run = pair.trusted(lambda box: box.stdio(suite.checker, data, CHECKER))
    word = run.output.decode("utf-8", "replace").strip()
    if run.how == "exited" and run.status == 0 and word in ("accept", "reject"):
        return word, ""
    return "", f"the checker printed {word!r:.100} ({run.how}): {run.errors[-200:]!r}"


def far_tests(suite: Suite, test: asserts.Code, answer: Answer, pair: Pair) -> Run:
    """Run test code in the sandbox where no program ever runs; `answer` stands for the program."""
    return pair.trusted(
        lambda box: box.tests(suite.prompt, test.source, test.names, answer, TEST_CODE)
    )


def far_word(run: Run, calls: list[Word], opaque: bool) -> Word:
    """What test code that ran says; `calls` are the ends of the calls that it made.

    `opaque`: a value took part that cannot leave its sandbox, so a failure shows nothing.
    """
    if run.how == "exited" and run.status == 0 and not run.said.get("failed"):
        return "pass.tests", ""
    detail = str(run.said.get("detail", ""))[:300] or f"{run.how}, status {run.status}"
    if run.how == "timeout" and calls:
        return "undecided.timeout", detail
    if run.how != "exited" or not calls or run.said.get("type") in _BROKEN:
        return "undecided.broken_tests", detail  # it failed by itself
    if opaque:
        return "undecided.border", detail
    if calls[-1][0] != "pass.tests":
        return calls[-1]
    return "fail.wrong_output", detail


def _shown(value: Any) -> str:
    try:
        return repr(value)[:200]
    except ValueError:  # an integer of more digits than Python writes
        return "with an integer of thousands of digits"


def _equal(expected: Any, got: Any) -> bool:
    try:
        return bool(expected == got)
    except (RecursionError, ArithmeticError):
        return False
