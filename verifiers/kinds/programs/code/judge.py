"""Judges a program against a suite of tests: the program inside, every expected value out here."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from verifiers.kinds.programs.code import asserts, languages
from verifiers.kinds.programs.code.compare import same_output, same_value
from verifiers.kinds.programs.code.languages import Language
from verifiers.kinds.programs.code.sandboxes import Pair
from verifiers.kinds.programs.code.suite import Suite
from verifiers.sandbox import Limits, Powers, Run, Sandbox
from verifiers.sandbox.inside.serialization import dumps, loads

_BUILD = Limits(seconds=30.0, memory=1 << 30)
_TEST_CODE = Limits(seconds=30.0, memory=1 << 30)  # what a problem's own test code may take
_OUT_OF_MEMORY = (b"bad_alloc", b"heap out of memory", b"Cannot allocate memory", b"out of memory")


class Result(NamedTuple):
    """One test: a reason of `schemas.vocabulary.REASONS`, seconds, bytes, and what was seen."""

    reason: str
    cpu: float = 0.0
    wall: float = 0.0
    memory: int = 0
    detail: str = ""


class Report(NamedTuple):
    """A program against its tests: the reason of the first that failed, and each test's result.

    `results` ends with the first failure unless all tests were asked for; `total` counts them all.
    """

    reason: str
    results: list[Result]
    total: int

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(result.reason == "pass.tests" for result in self.results)


def judge(suite: Suite, program: str, pair: Pair, every: bool = False) -> Report:
    """Run a program against its tests, up to the first that fails or, with `every`, all.

    Raises SandboxError where the sandbox fails twice.
    """
    try:
        tests = _tests(suite)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Report("undecided.broken_tests", [_broken(str(error))], len(suite.cases))
    tool = languages.language(suite.language) if suite.language != "python" else None
    if suite.language != "python" and (tool is None or suite.kind not in _possible(suite.language)):
        missing = "undecided.no_toolchain" if tool is None else "undecided.unsupported"
        return Report(missing, [], len(tests))
    if tool:
        return _built(suite, tests, program, tool, pair, every)
    runs = _Python(suite, program, pair)
    return _report(((_result(suite, test, runs, pair)) for test in tests), len(tests), every)


def _possible(language: str) -> tuple[str, ...]:
    return ("stdio", "function") if language == "javascript" else ("stdio",)


def _tests(suite: Suite) -> list[Any]:
    """The tests of a suite: cases of input and output, calls, or code that runs as it stands."""
    if suite.kind == "stdio":
        return suite.cases
    if suite.kind == "function":
        return [
            asserts.Call(suite.entry, case["input"], {}, "equal", case["output"], strict=False)
            for case in suite.cases
        ]
    if suite.kind == "check":
        return asserts.from_check(suite.cases[0], suite.entry, suite.prompt)
    return asserts.from_asserts(suite.cases, suite.setup)


def _report(results: Iterator[Result], total: int, every: bool) -> Report:
    found: list[Result] = []
    for result in results:
        found.append(result)
        if result.reason != "pass.tests" and not every:
            break
    undecided = [r.reason for r in found if r.reason.startswith("undecided.")]
    failed = [r.reason for r in found if r.reason.startswith("fail.")]
    reason = (failed or undecided or ["pass.tests" if found else "undecided.no_tests"])[0]
    return Report(reason, found, total)


def _limits(suite: Suite, expected: str = "") -> Limits:
    return Limits(suite.seconds, suite.memory_mb << 20, (1 << 20) + 4 * len(expected))


class _Python:
    """A Python program, run from the fork server's own interpreter."""

    def __init__(self, suite: Suite, program: str, pair: Pair) -> None:
        self.suite, self.program, self.pair = suite, program, pair

    def stdio(self, text: str, limits: Limits) -> Run:
        data = text.encode("utf-8", "surrogateescape")
        return self.pair.program(lambda box: box.stdio(self.program, data, limits))

    def call(self, entry: str, arguments: str, limits: Limits) -> Run:
        return self.pair.program(
            lambda box: box.call(self.suite.prompt, self.program, entry, arguments, limits)
        )


class _Started:
    """A program of another language, in its folder in the sandbox."""

    def __init__(self, box: Sandbox, place: str, tool: Language) -> None:
        self.box, self.tool = box, tool
        self.command = [word.format(place=place) for word in tool.run]
        self.powers = Powers(forks=tool.forks, reads=place)

    def stdio(self, text: str, limits: Limits) -> Run:
        data = text.encode("utf-8", "surrogateescape")
        return self.box.command(self.command, data, limits, self.powers, self.tool.reserves)

    def call(self, entry: str, arguments: str, limits: Limits) -> Run:
        return self.stdio(json.dumps(loads(arguments)[0]), limits)


def _built(
    suite: Suite, tests: list[Any], program: str, tool: Language, pair: Pair, every: bool
) -> Report:
    calls = suite.kind == "function"
    source = languages.calling(program, suite.entry) if calls else program

    def run(box: Sandbox) -> Report:
        place = box.place({tool.file: source})
        try:
            if tool.build:
                command = [word.format(place=place) for word in tool.build]
                built = box.command(command, b"", _BUILD, Powers(forks=True, writes=place))
                if built.how != "exited" or built.status != 0:
                    detail = built.errors.decode("utf-8", "replace").replace(place + "/", "")[:300]
                    failed = Result("fail.syntax", built.cpu, built.wall, built.memory, detail)
                    return Report("fail.syntax", [failed], len(tests))
            runs = _Started(box, place, tool)
            results = (_result(suite, test, runs, pair) for test in tests)
            return _report(results, len(tests), every)
        finally:
            box.discard(place)

    return pair.program(run)


def _result(suite: Suite, test: Any, runs: _Python | _Started, pair: Pair) -> Result:
    if isinstance(test, asserts.Code):
        return _code(suite, test, runs, pair)
    if isinstance(test, asserts.Call):
        run = runs.call(test.entry, dumps([test.arguments, test.keywords]), _limits(suite))
        return _judged(run, lambda: _value(suite, test, run))
    run = runs.stdio(test["input"], _limits(suite, test["output"]))
    return _judged(run, lambda: _output(suite, test, run, pair))


def _judged(run: Run, compare: Callable[[], tuple[str, str]]) -> Result:
    reason, detail = ended(run)
    if not reason:
        reason, detail = compare()
    return Result(reason, run.cpu, run.wall, run.memory, detail)


def ended(run: Run) -> tuple[str, str]:
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


def _value(suite: Suite, test: asserts.Call, run: Run) -> tuple[str, str]:
    try:
        got = loads(run.said["value"])
    except (KeyError, ValueError, TypeError) as error:
        return "fail.exception", f"no value came back: {error}"
    if test.wanted in ("true", "false"):
        right = not hasattr(got, "name") and bool(got) == (test.wanted == "true")
    elif test.wanted == "same":
        right = got is test.expected
    elif test.strict and suite.tolerance is None and not suite.unordered:
        right = _equal(test.expected, got)
    else:
        right = same_value(test.expected, got, suite) or (
            suite.wrapped and same_value(test.expected[0], got, suite)
        )
    return ("pass.tests", "") if right else ("fail.wrong_output", f"value {_shown(got)}")


def _shown(value: Any) -> str:
    try:
        return repr(value)[:200]
    except ValueError:  # an integer of more digits than Python writes
        return "with an integer of thousands of digits"


def _equal(expected: Any, got: Any) -> bool:
    try:
        return bool(expected == got)
    except RecursionError:
        return False


def _output(suite: Suite, test: dict[str, str], run: Run, pair: Pair) -> tuple[str, str]:
    got = run.output.decode("utf-8", "replace")
    if suite.checker:
        return _checked(suite.checker, {**test, "got": got}, pair)
    if same_output(test["output"], got, suite):
        return "pass.tests", ""
    return "fail.wrong_output", f"printed {got!r:.200}"


def _checked(checker: str, case: dict[str, str], pair: Pair) -> tuple[str, str]:
    """What the problem's own checker says: it reads a case as JSON, prints accept or reject."""
    data = json.dumps(case).encode("ascii")
    run = pair.trusted(lambda box: box.stdio(checker, data, _TEST_CODE))
    word = run.output.decode("utf-8", "replace").strip()
    if run.how == "exited" and run.status == 0 and word in ("accept", "reject"):
        passed = word == "accept"
        return ("pass.tests", "") if passed else ("fail.wrong_output", "refused by the checker")
    return "undecided.broken_tests", f"the checker printed {word!r:.100}: {run.errors[-200:]!r}"


def _code(suite: Suite, test: asserts.Code, runs: _Python | _Started, pair: Pair) -> Result:
    """Run test code in its own sandbox; each call that it makes runs in the program's.

    A call that has no answer (over a limit, no such function) decides, whatever the test code makes
    of the error that it gets in its place.
    """
    inner: list[Result] = []
    unanswered: list[Result] = []

    def answer(question: dict[str, Any]) -> dict[str, Any] | None:
        run = runs.call(str(question["ask"]), str(question["arguments"]), _limits(suite))
        raised = run.said.get("failed") == "exception" and run.how == "exited"
        if raised:  # which the test may expect
            inner.append(Result("fail.exception", *_spent(run), str(run.said.get("detail"))[:300]))
            return {"raised": str(run.said.get("type"))}
        reason, detail = ended(run)
        if not reason and not isinstance(run.said.get("value"), str):
            reason, detail = "fail.exception", "no value came back"
        inner.append(Result(reason or "pass.tests", *_spent(run), detail))
        if reason:
            unanswered.append(inner[-1])
            return None
        return {"value": run.said["value"]}

    run = pair.trusted(
        lambda box: box.tests(suite.prompt, test.source, test.names, answer, _TEST_CODE)
    )
    cpu, wall = sum(part.cpu for part in inner), sum(part.wall for part in inner)
    memory = max((part.memory for part in inner), default=0)
    first = next(iter(unanswered), None)
    reason, detail = (first.reason, first.detail) if first else _code_reason(run, inner)
    return Result(reason, cpu, wall, memory, detail)


def _code_reason(run: Run, inner: list[Result]) -> tuple[str, str]:
    if run.how == "exited" and run.status == 0 and not run.said.get("failed"):
        return "pass.tests", ""
    if inner and inner[-1].reason != "pass.tests":
        return inner[-1].reason, inner[-1].detail
    detail = str(run.said.get("detail", ""))[:300] or f"{run.how}, status {run.status}"
    if run.how != "exited" or not inner:  # it failed before it asked the program anything
        return "undecided.broken_tests", detail
    return "fail.wrong_output", detail


def _spent(run: Run) -> tuple[float, float, int]:
    return run.cpu, run.wall, run.memory


def _broken(detail: str) -> Result:
    return Result("undecided.broken_tests", detail=detail[:300])
