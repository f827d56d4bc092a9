"""Program of thought: the program of a response is run in the sandbox; what it prints counts."""

import re
from functools import partial
from typing import NamedTuple

from verifiers.base.kinds import Kind, declare
from verifiers.kinds.programs.code.one_test import ended
from verifiers.kinds.programs.code.program_block import find_program
from verifiers.kinds.programs.code.sandboxes import BENCH, Bench
from verifiers.sandbox import Limits, Sandbox, SandboxError

LIMITS = Limits(seconds=10.0, memory=1 << 30)
"""What a rationale may use: sympy alone takes a second to load, and 100 MB."""

# What the program was for where it prints nothing: PAL defines `solution()`, PoT sets `ans`.
_EPILOGUE = """

if callable(globals().get("solution")):
    print(solution())
else:
    for _name in ("ans", "answer", "result"):
        if _name in globals():
            print(globals()[_name])
            break
"""
_LONG = re.compile(r"-?\d*\.\d{6,}(?:e[-+]?\d+)?")
_DIGITS = 12  # of a double's 15 to 17: the rest is how it was computed


class Printed(NamedTuple):
    """What the program printed last (empty where it is none), or the reason why it did not."""

    answer: str
    reason: str = ""


def run_program(response: str, bench: Bench = BENCH) -> Printed:
    """Run the program of `response` and read its answer: the last line that it prints."""
    program = find_program(response)
    if program is None:
        return Printed("", "no_answer.no_program")
    try:
        with bench.pair() as pair:
            for source in (program.text, program.text + _EPILOGUE):
                run = pair.program(partial(Sandbox.stdio, source=source, stdin=b"", limits=LIMITS))
                reason, detail = ended(run)
                if reason:
                    return Printed(detail, reason)
                lines = run.output.decode("utf-8", "replace").strip().splitlines()
                if lines:
                    return Printed(_without_noise(lines[-1].strip()))
    except SandboxError as error:
        return Printed(str(error)[:300], "undecided.sandbox")
    return Printed("", "no_answer.not_found")


def _without_noise(text: str) -> str:
    """`0.30000000000000004` as the 0.3 that was computed."""

    def rounded(found: re.Match[str]) -> str:
        digits = sum(character.isdigit() for character in found[0].partition("e")[0])
        return f"{float(found[0]):.{_DIGITS}g}" if digits > _DIGITS else found[0]

    return _LONG.sub(rounded, text)


declare(Kind("program", run=run_program))
