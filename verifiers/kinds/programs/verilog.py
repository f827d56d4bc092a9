r"""Designs in Verilog, simulated against the problem's testbench with Icarus Verilog.

The problem's `tests` are JSON: `testbench` (Verilog that instantiates the design and prints what it
finds), and what has to be printed: `output`, compared line by line, or `passes`, a regular
expression that a line has to match; by default VerilogEval's "Mismatches: 0 in 100 samples".
`time_limit` is in CPU seconds (default 20). A design that prints, stops or reads files could forge
what is printed, so it may call no system task but functions of its values (`$signed`, `$clog2`).

Compiled and run in the sandbox. Needs `iverilog` (Debian: `apt install iverilog`).
"""

import re
import shutil
import time
from typing import Any

from schemas.errors import NoSandboxError
from schemas.vocabulary import Verification
from verifiers.base.kinds import Kind, declare
from verifiers.base.outcome import outcome
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.extract.reasoning import take_apart
from verifiers.kinds.programs.code import limits
from verifiers.kinds.programs.code.program_block import find_blocks
from verifiers.kinds.programs.code.sandboxes import BENCH, Bench
from verifiers.math.parsing.tree import UnreadableError
from verifiers.sandbox import Limits, Powers, Run, Sandbox, SandboxError

KIND = "verilog"
PASSES = r"Mismatches:\s*0\s+in\s+[1-9]\d*\s+samples"
"""What VerilogEval's testbenches print of a right design."""
_BUILD = Limits(seconds=20.0, memory=1 << 30)
_SIMULATION = Limits(seconds=20.0, memory=1 << 30)
_TASK = re.compile(r"\$([a-zA-Z_]\w*)")
_FUNCTIONS = frozenset(
    "signed unsigned clog2 bits size left right low high increment dimensions countones onehot "
    "onehot0 isunknown realtobits bitstoreal rtoi itor ln log10 exp sqrt pow floor ceil sin cos "
    "tan asin acos atan atan2 hypot sinh cosh tanh asinh acosh atanh".split()
)
_TRUSTED = re.compile(r"`\s*(?:include|define|undef|timescale|resetall)\b")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_MODULE = re.compile(r"\bmodule\s+\w+")
_PATH = "/usr/local/bin:/usr/bin:/bin"
_LONGEST = 200_000  # characters of a design


def verify_verilog(problem: Problem, response: str, bench: Bench = BENCH) -> Verification:
    """Whether the design in `response` passes the problem's testbench.

    Raises NoSandboxError where this machine cannot run programs safely.
    """
    thought = take_apart(response)
    if not thought.closed:
        return outcome("no_answer.unclosed", None, KIND)
    design = find_design(thought.response)
    if design is None:
        return outcome("no_answer.no_program", None, KIND)
    return _judge(problem, design, bench)


def audit_verilog(problem: Problem, bench: Bench = BENCH) -> Verification:
    """Whether the problem's own design passes its testbench. Raises NoSandboxError."""
    text = problem.solution or problem.answer or ""
    design = find_design(text)
    if design is None:
        return outcome("undecided.no_solution", None, KIND)
    word = _judge(problem, design, bench)
    if word.reason.startswith("fail."):
        return outcome("undecided.gold_failed", word.extracted, KIND, word.seconds)
    return word


def find_design(text: str) -> str | None:
    """The last fenced block that declares a module, else a text that begins with one."""
    for block in reversed(find_blocks(text)):
        if _MODULE.search(_COMMENT.sub(" ", block)):
            return block
    bare = _MODULE.match(_COMMENT.sub(" ", text).lstrip())
    return text if bare and "endmodule" in text else None


def forbidden(design: str) -> str | None:
    """The first thing of a design that could speak for it, or change how the testbench is read."""
    code = _STRING.sub('""', _COMMENT.sub(" ", design))
    told = next((m[0] for m in _TASK.finditer(code) if m[1] not in _FUNCTIONS), None)
    directive = _TRUSTED.search(code)
    return told or (directive[0] if directive and "include" in directive[0] else None)


def _judge(problem: Problem, design: str, bench: Bench) -> Verification:
    started = time.perf_counter()
    try:
        tests = read_tests(problem.tests)
        testbench = str(tests["testbench"])
        wanted = re.compile(str(tests.get("passes", PASSES)))
        seconds = limits.seconds(tests.get("time_limit")) or _SIMULATION.seconds
    except (UnreadableError, ValueError, KeyError, TypeError, re.error):
        return outcome("undecided.tests", None, KIND)
    if len(design) > _LONGEST:
        return outcome("undecided.limit", None, KIND)
    if shutil.which("iverilog", path=_PATH) is None:
        return outcome("undecided.no_toolchain", None, KIND)
    if told := forbidden(design):
        return outcome("fail.refused", f"the design calls `{told}`", KIND)
    try:
        with bench.pair() as pair:
            reason, detail = pair.program(
                lambda box: _simulated(box, design, testbench, tests.get("output"), wanted, seconds)
            )
    except SandboxError as error:
        return outcome("undecided.sandbox", str(error)[:300], KIND)
    except NoSandboxError:
        raise
    return outcome(reason, detail, KIND, time.perf_counter() - started)


def _simulated(
    box: Sandbox,
    design: str,
    testbench: str,
    output: Any,
    wanted: re.Pattern[str],
    seconds: float,
) -> tuple[str, str]:
    """The reason for a design, and what was seen."""
    place = box.place({"design.v": f"{design}\n`resetall\n", "testbench.v": testbench})
    try:
        files = [f"{place}/design.v", f"{place}/testbench.v"]
        build = [shutil.which("iverilog", path=_PATH) or "", "-g2012", "-o", f"{place}/sim", *files]
        built = box.command(build, b"", _BUILD, Powers(forks=True, writes=place))
        said = _told(built, place)
        if built.how != "exited" or built.status != 0:
            broken = (
                "testbench.v" in said and "design.v" not in said and "nknown module" not in said
            )
            return ("undecided.broken_tests" if broken else "fail.syntax"), said
        simulate = [shutil.which("vvp", path=_PATH) or "", "-n", f"{place}/sim"]
        run = box.command(simulate, b"", _SIMULATION._replace(seconds=seconds), Powers(reads=place))
        if run.how == "timeout":
            return "fail.time_limit", f"{run.cpu:.1f} s of CPU"
        if run.how != "exited":
            return "fail.output_limit", ""
        printed = run.output.decode("utf-8", "replace")
        if output is not None:
            same = _lines(str(output)) == _lines(printed)
        else:
            same = any(map(wanted.search, printed.splitlines()))
        if same and run.status == 0:
            return "pass.tests", ""
        return "fail.wrong_output", f"printed {printed.strip()[-200:]!r}"
    finally:
        box.discard(place)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _told(run: Run, place: str) -> str:
    return (run.errors or run.output).decode("utf-8", "replace").replace(place + "/", "")[:300]


declare(Kind(KIND, verify=verify_verilog, prove=audit_verilog, goldless=True))
