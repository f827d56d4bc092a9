"""A code problem and a response: the program is found, run against the tests, and explained."""

import time

from schemas.errors import NoSandboxError
from schemas.vocabulary import Verification
from verifiers.base.kinds import Kind, declare
from verifiers.base.outcome import outcome
from verifiers.base.protocol import Problem
from verifiers.kinds.programs.code.judge import Report, judge
from verifiers.kinds.programs.code.program_block import Program, find_program, said_language
from verifiers.kinds.programs.code.sandboxes import BENCH, Bench
from verifiers.kinds.programs.code.suite import Suite, read_suite
from verifiers.sandbox import SandboxError

KIND = "code"


def verify_code(problem: Problem, response: str, bench: Bench = BENCH) -> Verification:
    """Whether the program in `response` passes the problem's tests.

    Raises NoSandboxError where this machine cannot run programs safely.
    """
    started = time.perf_counter()
    suite = read_suite(problem.tests, problem.problem)
    if suite is None:
        return outcome("undecided.no_tests", None, KIND)
    program = find_program(response, suite.language, suite.entry)
    if program is None and suite.any_language and (said := said_language(response)):
        suite = suite._replace(language=said)
        program = find_program(response, said)
    if program is None:
        return outcome("no_answer.no_program", None, KIND)
    try:
        with bench.pair() as pair:
            report = judge(suite, program.text, pair, every=True)
    except SandboxError as error:
        return outcome("undecided.sandbox", str(error)[:300], KIND)
    except NoSandboxError:
        raise
    except Exception as error:  # our own failure is nobody's wrong answer, nor the batch's end
        return outcome("undecided.error", repr(error)[:300], KIND)
    seconds = time.perf_counter() - started
    return outcome(report.reason, summary(program, report), KIND, seconds, report.score)


def audit_code(problem: Problem, bench: Bench = BENCH) -> Verification:
    """Whether the problem's own solution passes its own tests.

    `pass.tests`, or the reason why no program can be judged by them: `undecided.no_tests`,
    `undecided.broken_tests`, `undecided.gold_failed`. A suite without a solution to try is
    `undecided.no_solution`. Raises NoSandboxError as `verify_code` does.
    """
    started = time.perf_counter()
    suite = read_suite(problem.tests, problem.problem)
    if suite is None:
        return outcome("undecided.no_tests", None, KIND)
    if not (problem.solution or "").strip():
        return outcome("undecided.no_solution", None, KIND)
    try:
        with bench.pair() as pair:
            report = judge(suite, gold_program(problem, suite), pair)
    except SandboxError as error:
        return outcome("undecided.sandbox", str(error)[:300], KIND)
    except NoSandboxError:
        raise
    except Exception as error:  # as above
        return outcome("undecided.error", repr(error)[:300], KIND)
    failed = report.reason.startswith("fail.")
    reason = "undecided.gold_failed" if failed else report.reason
    return outcome(reason, summary(None, report), KIND, time.perf_counter() - started)


def gold_program(problem: Problem, suite: Suite) -> str:
    """The program of the problem's solution: the last block of a worked text, or all of it."""
    solution = problem.solution or ""
    found = find_program(solution, suite.language, suite.entry) if "```" in solution else None
    return found.text if found else solution


def summary(program: Program | None, report: Report) -> str:
    """One line: where the program stands, how many tests it passed, what the first failure was."""
    place = f"{program.rule} {program.span[0]}:{program.span[1]}, " if program else ""
    line = f"{place}{report.passed} of {report.total} tests"
    failed = [(i, r) for i, r in enumerate(report.results, 1) if r.reason != "pass.tests"]
    if failed:
        number, result = failed[0]
        line += f"; test {number}: {result.reason}: {result.detail}"
    return line[:500]


declare(Kind("code", verify=verify_code, prove=audit_code))
