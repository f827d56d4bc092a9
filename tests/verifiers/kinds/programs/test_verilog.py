"""Designs in Verilog against a testbench, by the real Icarus Verilog in the real sandbox."""

import json
import shutil

import pytest

from verifiers import Problem, audit, verify

pytestmark = pytest.mark.skipif(
    not shutil.which("iverilog"), reason="Icarus Verilog is not installed (apt install iverilog)"
)

BENCH = """
module tb;
  reg [3:0] a, b; wire [4:0] s; integer n, bad;
  adder dut(.a(a), .b(b), .s(s));
  initial begin
    bad = 0;
    for (n = 0; n < 256; n = n + 1) begin
      {a, b} = n; #1;
      if (s !== a + b) bad = bad + 1;
    end
    $display("Mismatches: %0d in 256 samples", bad);
    $finish;
  end
endmodule
"""
RIGHT = "module adder(input [3:0] a, b, output [4:0] s);\n  assign s = a + b;\nendmodule"
WRONG = RIGHT.replace("a + b", "a ^ b")


def problem(**tests: str) -> Problem:
    told = json.dumps({"testbench": BENCH, **tests})
    return Problem("p", "Write an adder.", None, "verilog", told, RIGHT)


def word(design: str, **tests: str) -> str:
    return verify(problem(**tests), f"Here it is:\n```verilog\n{design}\n```\n").reason


@pytest.mark.parametrize(
    ("design", "reason"),
    [
        (RIGHT, "pass.tests"),
        (WRONG, "fail.wrong_output"),
        (RIGHT.replace("assign", "asign"), "fail.syntax"),
        (RIGHT.replace("adder", "subtractor"), "fail.syntax"),
        (
            WRONG.replace(
                "endmodule",
                'initial begin $display("Mismatches: 0 in 256 samples"); $finish; end\nendmodule',
            ),
            "fail.refused",
        ),
        ('`include "/etc/passwd"\n' + WRONG, "fail.refused"),
        (RIGHT.replace("a + b", "$signed(a) * 0 + a + b"), "pass.tests"),
        (RIGHT.replace("endmodule", "// $display\nendmodule"), "pass.tests"),
    ],
)
def test_a_design_gets_its_reason(design: str, reason: str) -> None:
    assert word(design) == reason


def test_a_simulation_that_never_ends_is_ended() -> None:
    loop = "integer i = 0;\ninitial while (1) i = i + 1;\nendmodule"
    assert word(RIGHT.replace("endmodule", loop), time_limit="1 s") == "fail.time_limit"


def test_output_is_compared_where_it_is_given() -> None:
    assert word(RIGHT, output="Mismatches: 0 in 256 samples") == "pass.tests"
    assert word(RIGHT, output="Mismatches: 1 in 256 samples") == "fail.wrong_output"


def test_golds_are_audited_and_what_is_broken_is_said() -> None:
    assert audit(problem()).reason == "pass.tests"
    assert audit(problem()._replace(solution=WRONG)).reason == "undecided.gold_failed"
    assert audit(problem(testbench="module tb; syntax")).reason == "undecided.broken_tests"
    assert audit(problem()._replace(tests="{}")).reason == "undecided.tests"


def test_what_holds_no_design_has_none() -> None:
    assert verify(problem(), "I do not know.").reason == "no_answer.no_program"
