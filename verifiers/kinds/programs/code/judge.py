"""Judges a program against a suite of tests: the program inside, every expected value out here."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from verifiers.kinds.programs.code import asserts, languages, one_test
from verifiers.kinds.programs.code.languages import Language
from verifiers.kinds.programs.code.one_test import Word, ended
from verifiers.kinds.programs.code.sandboxes import Pair
from verifiers.kinds.programs.code.suite import Suite
from verifiers.kinds.programs.code.vacuous import vacuous
from verifiers.sandbox import Limits, Powers, Run, Sandbox
from verifiers.sandbox.inside.serialization import dumps, loads

_BUILD = Limits(seconds=30.0, memory=1 << 30)
_PATIENCE = 2  # tests over the time limit after which the others are not run


class Result(NamedTuple):
    """One test: a reason of `schemas.vocabulary.REASONS`, seconds, bytes, and what was seen."""

    reason: str
    cpu: float = 0.0
    wall: float = 0.0
    memory: int = 0
    detail: str = ""


class Report(NamedTuple):
    """A program against its tests: the reason of the first that failed, and each test's result.

    `results` ends with the first failure unless all tests were asked for; then with the second test
    over the time limit, or when what ran after the first failure took the CPU time of one test.
    `total` counts them all.
    """

    reason: str
    results: list[Result]
    total: int

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(result.reason == "pass.tests" for result in self.results)

    @property
    def score(self) -> float | None:
        """The share of tests that it passed; None where not all of them say something."""
        if not self.total or self.reason.startswith("undecided."):
            return None
        if self.reason in ("fail.syntax", "fail.no_function"):
            return 0.0
        undecided = any(result.reason.startswith("undecided.") for result in self.results)
        return None if undecided or len(self.results) < self.total else self.passed / self.total


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
    results = (_result(suite, test, runs, pair) for test in tests)
    return _believed(_report(results, len(tests), every, suite.seconds), suite, tests, pair)


def _believed(report: Report, suite: Suite, tests: list[Any], pair: Pair) -> Report:
    """A pass counts only if the tests test something."""
    why = vacuous(suite, tests, pair) if report.reason == "pass.tests" else ""
    return Report("undecided.broken_tests", [_broken(why)], report.total) if why else report


def _possible(language: str) -> tuple[str, ...]:
    return ("stdio", "function") if language == "javascript" else ("stdio",)


def _tests(suite: Suite) -> list[Any]:
    """The tests of a suite: cases of input and output, calls, or code that runs as it stands."""
    if suite.kind == "stdio":
        return suite.cases
    if suite.kind == "function":
        return [
            asserts.Call(suite.entry, *_arguments(case["input"]), "equal", case["output"], False)
            for case in suite.cases
        ]
    if suite.kind == "check":
        return asserts.from_check(suite.cases[0], suite.entry, suite.prompt)
    return asserts.from_asserts(suite.cases, suite.setup)


def _arguments(given: Any) -> tuple[list[Any], dict[str, Any]]:
    """Arguments by place and by name; a value that is no list is the only one."""
    if isinstance(given, dict):
        return [], given
    return (given if isinstance(given, list) else [given]), {}


def _report(results: Iterator[Result], total: int, every: bool, seconds: float) -> Report:
    found: list[Result] = []
    late, extra, failing = 0, 0.0, False
    for result in results:
        extra += result.cpu if failing else 0.0
        found.append(result)
        late += result.reason == "fail.time_limit"
        failing = failing or result.reason != "pass.tests"
        if result.reason != "pass.tests" and (not every or late == _PATIENCE or _final(result)):
            break
        if extra > seconds:  # the score alone is not worth more
            break
    undecided = [r.reason for r in found if r.reason.startswith("undecided.")]
    failed = [r.reason for r in found if r.reason.startswith("fail.")]
    reason = (failed or undecided or ["pass.tests" if found else "undecided.no_tests"])[0]
    return Report(reason, found, total)


def _final(result: Result) -> bool:
    """Whether the other tests would say the same."""
    return result.reason in ("fail.syntax", "fail.no_function", "undecided.broken_tests")


def _limits(suite: Suite, expected: str = "") -> Limits:
    return Limits(suite.seconds, suite.memory_mb << 20, (1 << 20) + 4 * len(expected))


def _bytes(text: str) -> bytes:
    """Text as it goes in; surrogates that stand for no byte go in as they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


class _Python:
    """A Python program, run from the fork server's own interpreter."""

    def __init__(self, suite: Suite, program: str, pair: Pair) -> None:
        self.suite, self.program, self.pair = suite, program, pair

    def stdio(self, text: str, limits: Limits) -> Run:
        data = _bytes(text)
        return self.pair.program(lambda box: box.stdio(self.program, data, limits))

    def call(self, entry: str, arguments: str, limits: Limits, changes: bool = False) -> Run:
        return self.pair.program(
            lambda box: box.call(self.suite.prompt, self.program, entry, arguments, limits, changes)
        )


class _Started:
    """A program of another language, in its folder in the sandbox."""

    def __init__(self, box: Sandbox, place: str, tool: Language) -> None:
        self.box, self.tool = box, tool
        self.command = [word.format(place=place) for word in tool.run]
        self.powers = Powers(forks=tool.forks, reads=place)

    def stdio(self, text: str, limits: Limits) -> Run:
        data = _bytes(text)
        return self.box.command(self.command, data, limits, self.powers, self.tool.reserves)

    def call(self, entry: str, arguments: str, limits: Limits, changes: bool = False) -> Run:
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
                    reason = _unbuilt(built)
                    failed = Result(reason, built.cpu, built.wall, built.memory, detail)
                    return Report(reason, [failed], len(tests))
            runs = _Started(box, place, tool)
            results = (_result(suite, test, runs, pair) for test in tests)
            return _believed(_report(results, len(tests), every, suite.seconds), suite, tests, pair)
        finally:
            box.discard(place)

    return pair.program(run)


def _unbuilt(built: Run) -> str:
    """Why a program was not built: it is wrong, takes too long, or had no processor to itself."""
    if built.how != "timeout":
        return "fail.syntax"
    return "fail.time_limit" if built.cpu > _BUILD.seconds / 2 else "undecided.timeout"


def _result(suite: Suite, test: Any, runs: _Python | _Started, pair: Pair) -> Result:
    if isinstance(test, asserts.Code):
        return _code(suite, test, runs, pair)
    if isinstance(test, asserts.Call):
        arguments, expected = dumps([test.arguments, test.keywords]), dumps(test.expected)
        run = runs.call(test.entry, arguments, _limits(suite, expected))
        word = ended(run)
        return Result(*_word(word if word[0] else one_test.value(suite, test, run), run))
    run = runs.stdio(test["input"], _limits(suite, test["output"]))
    word = ended(run)
    return Result(*_word(word if word[0] else one_test.output(suite, test, run, pair), run))


def _word(word: Word, run: Run) -> tuple[str, float, float, int, str]:
    return word[0], run.cpu, run.wall, run.memory, word[1]


def _code(suite: Suite, test: asserts.Code, runs: _Python | _Started, pair: Pair) -> Result:
    """Run test code in its own sandbox; each call that it makes runs in the program's.

    A call that has no answer (over a limit, no such function) decides, whatever the test code makes
    of the error that it gets in its place.
    """
    calls: list[Result] = []
    unanswered: list[Result] = []
    opaque = []

    def answer(question: dict[str, Any]) -> dict[str, Any] | None:
        arguments = str(question["arguments"])
        run = runs.call(str(question["ask"]), arguments, _limits(suite), changes=True)
        value = run.said.get("value")
        opaque.append(_OPAQUE in arguments or (isinstance(value, str) and _OPAQUE in value))
        if run.said.get("failed") == "exception" and run.how == "exited":
            # which the test may expect
            detail = str(run.said.get("detail"))[:300]
            calls.append(Result(*_word(("fail.exception", detail), run)))
            named = {key: run.said.get(key, "") for key in ("name", "message")}
            return {"raised": str(run.said.get("type")), **named}
        reason, detail = ended(run)
        if not reason and not isinstance(value, str):
            reason, detail = "fail.exception", "no value came back"
        calls.append(Result(*_word((reason or "pass.tests", detail), run)))
        if reason:
            unanswered.append(calls[-1])
            return None
        reply = {"value": value, "printed": run.output.decode("utf-8", "replace")}
        changed = run.said.get("arguments")
        return {**reply, "arguments": changed} if isinstance(changed, str) else reply

    run = one_test.far_tests(suite, test, answer, pair)
    cpu, wall = sum(part.cpu for part in calls), sum(part.wall for part in calls)
    memory = max((part.memory for part in calls), default=0)
    if unanswered:
        reason, detail = unanswered[0].reason, unanswered[0].detail
    else:
        words = [(part.reason, part.detail) for part in calls]
        reason, detail = one_test.far_word(run, words, any(opaque))
    return Result(reason, cpu, wall, memory, detail)


_OPAQUE = '{"type": "opaque"'  # in what `serialization.dumps` writes


def _broken(detail: str) -> Result:
    return Result("undecided.broken_tests", detail=detail[:300])
