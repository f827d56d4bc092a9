"""Tests that test nothing are found out; a single honest test is none of them."""

import pytest

VACUOUS = [
    {"type": "asserts", "cases": ["assert True"]},
    {"type": "asserts", "cases": ["x = f"]},
    {"type": "asserts", "cases": ["f(1) == 2"]},
    {"type": "asserts", "cases": ["assert f"]},
    {"type": "asserts", "cases": ["print(f(1))"]},
    {"type": "asserts", "cases": ["try:\n    assert f(1) == 2\nexcept AssertionError:\n    pass"]},
    {"type": "asserts", "cases": ["assert f(1) != 2", "assert f(2) != 2"]},
    {"check": "def check(candidate):\n    print(candidate(1) == 2)", "entry_point": "f"},
    {"check": "def check(candidate):\n    assert (candidate(1) == 2, 'm')", "entry_point": "f"},
    {"type": "function", "entry_point": "f", "cases": [[[1], 7], [[2], 7], [[3], 7]]},
    {"test": "from solution import f\n\ndef test_a():\n    f(1)\n"},
]


@pytest.mark.parametrize("tests", VACUOUS)
def test_tests_that_test_nothing(judged, tests):
    report = judged(tests, "def f(n): return 7")
    assert report.reason == "undecided.broken_tests"
    assert report.results[0].detail.startswith("vacuous: ")


def test_outputs_that_are_all_the_same(judged):
    same = {"type": "stdio", "cases": [["1\n", "YES\n"], ["2\n", "YES\n"]]}
    assert judged(same, "print('YES')").results[0].detail.startswith("vacuous: ")
    assert judged(same, "print('NO')").reason == "fail.wrong_output"
    other = {"type": "stdio", "cases": [["1\n", "YES\n"], ["2\n", "NO\n"]]}
    assert judged(other, "print('YES' if input() == '1' else 'NO')").reason == "pass.tests"
    accepting = {**other, "checker": "print('accept')"}
    assert judged(accepting, "print(1)").reason == "undecided.broken_tests"


@pytest.mark.parametrize(("tests", "program"), [
    ({"type": "asserts", "cases": ["assert f(1) != 2"]}, "def f(n): return 3"),
    ({"type": "asserts", "cases": ["assert not f(1)"]}, "def f(n): return 0"),
    ({"type": "asserts", "cases": ["assert isinstance(f(1), int)"]}, "def f(n): return 3"),
    ({"type": "function", "entry_point": "f", "cases": [[[1], None]]}, "def f(n): pass"),
    ({"type": "stdio", "cases": [["1\n", "1\n"]]}, "print(1)"),
    ({"check": "def check(candidate):\n    return candidate(1) == 2", "entry_point": "f"},
     "def f(n): return 2"),
])  # fmt: skip
def test_a_single_test_is_thin_but_no_lie(judged, tests, program):
    assert judged(tests, program).reason == "pass.tests"
