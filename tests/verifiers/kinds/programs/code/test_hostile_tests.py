"""Tests out of data that try to hang or crash the judge: each ends in time, with a reason."""

import json
import time

import pytest

from verifiers.base.protocol import Problem
from verifiers.kinds.programs.code import verify_code
from verifiers.sandbox import judge_channels

PROGRAM = "```python\ndef f(n=0): return 2\nprint(2)\n```"
CASES = [["1\n", "2\n"], ["2\n", "2\n"], ["3\n", "3\n"]]


def judged(tests, response=PROGRAM):
    text = tests if isinstance(tests, str) else json.dumps(tests)
    return verify_code(Problem("p", "", None, "code", text), response)


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(judge_channels, "DEADLINE", 3.0)


@pytest.mark.parametrize(("tests", "reasons"), [
    ({"asserts": ["while True: f(1)"]}, {"undecided.timeout"}),
    ({"asserts": ["import os\nwhile True: os.write(3, b'half')\nassert f(1)"]},
     {"undecided.broken_tests", "undecided.timeout"}),
    ({"asserts": ["import os\nos.write(3, b'\\0' * 12)\nassert f(1) == 2"]},
     {"undecided.broken_tests", "undecided.timeout"}),
    ({"asserts": ["import os\nos.write(3, (9).to_bytes(8, 'big') + b'\\0' * 8 + b'[[[[[[[[[')"
                  "\nassert f(1) == 2"]}, {"undecided.broken_tests"}),
    ({"asserts": ["assert f(1) == 10**10**8"]},
     {"undecided.broken_tests", "undecided.timeout"}),
    ({"asserts": ["assert f(10**10**8) == 1"]},
     {"undecided.broken_tests", "undecided.timeout"}),
    pytest.param({"cases": CASES, "checker": "import time; time.sleep(99)"},
                 {"undecided.broken_tests"}, marks=pytest.mark.slow),
    ({"cases": CASES, "checker": "while True: pass"}, {"undecided.broken_tests"}),
    ('{"cases": [["1", "2"]], "time_limit": NaN}', {"undecided.no_tests"}),
    ('{"cases": [["1", "2"]], "time_limit": 1e999}', {"undecided.no_tests"}),
    ('{"cases": [["1", "2"]], "compare": {"tolerance": "nan"}}', {"undecided.no_tests"}),
    ({"cases": [["\ud800\n", "2\n"]]}, {"pass.tests"}),
    ({"cases": [["1\n", "\ud800\n"]]}, {"fail.wrong_output"}),
    ({"entry_point": "f", "cases": [[["\ud800"], 2]]}, {"pass.tests"}),
    ({"cases": [["1" * 70_000_000, "2\n"]]}, {"pass.tests"}),
    ("[" * 100_000, {"undecided.no_tests"}),
])  # fmt: skip
def test_each_ends_in_time_with_a_reason(tests, reasons):
    started = time.monotonic()
    found = judged(tests)
    assert found.reason in reasons, found
    assert time.monotonic() - started < 90


def test_milliseconds_are_no_half_hour():
    found = judged({"cases": CASES[:1], "time_limit": 2000}, "```python\nwhile True: pass\n```")
    assert found.reason == "fail.time_limit" and found.seconds < 20


def test_an_output_that_crashes_the_checker_is_a_wrong_output():
    checker = (
        "import json, sys\ncase = json.load(sys.stdin)\n"
        "print('accept' if int(case['got']) == int(case['output']) else 'reject')"
    )
    assert judged({"cases": CASES, "checker": checker}, "```python\nprint('x')\n```").reason == (
        "fail.wrong_output")  # fmt: skip


def test_our_own_failure_is_nobodys_wrong_answer(monkeypatch):
    from verifiers.kinds.programs.code import verify

    monkeypatch.setattr(verify, "judge", lambda *_, **__: 1 / 0)
    assert judged({"cases": CASES}).reason == "undecided.error"
