"""Programs and their tests: stdin and stdout, function calls, asserts; judged from outside."""

from verifiers.kinds.programs.code.judge import Report, Result, judge
from verifiers.kinds.programs.code.program_block import Program, find_program
from verifiers.kinds.programs.code.sandboxes import BENCH, Bench
from verifiers.kinds.programs.code.suite import Suite, canonical, read_suite
from verifiers.kinds.programs.code.verify import audit_code, verify_code

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
