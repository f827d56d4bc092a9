"""Programs and their tests: stdin and stdout, function calls, asserts; judged from outside."""

from verifiers.code.bench import BENCH, Bench
from verifiers.code.judge import Report, Result, judge
from verifiers.code.program import Program, find_program
from verifiers.code.suite import Suite, canonical, read_suite
from verifiers.code.verify import audit_code, verify_code

__all__ = [
    "BENCH",
    "Bench",
    "Program",
    "Report",
    "Result",
    "Suite",
    "audit_code",
    "canonical",
    "find_program",
    "judge",
    "read_suite",
    "verify_code",
]
