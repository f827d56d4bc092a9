import json

import pytest

from verifiers.kinds.programs.code import canonical, read_suite

STDIO = {"type": "stdio", "cases": [{"input": "1\n", "output": "2\n"}]}
FUNCTION = {"type": "function", "entry_point": "f", "cases": [{"input": [1], "output": 2}]}


@pytest.mark.parametrize(
    ("tests", "form"),
    [
        (STDIO, STDIO),
        ({"type": "stdin", "cases": {"inputs": ["1\n"], "outputs": ["2\n"]}}, STDIO),
        ({"inputs": ["1\n"], "outputs": ["2\n"]}, STDIO),  # APPS, TACO
        ({"inputs": [["1", ""]], "outputs": [["2", ""]]}, STDIO),  # lines, in some copies
        ([{"input": "1\n", "output": "2\n", "testtype": "stdin"}], STDIO),  # LiveCodeBench
        ({"type": "stdio", "tests": [["1\n", "2\n"]]}, STDIO),
        ({"public_tests": {"input": ["1\n"], "output": ["2\n"]}, "private_tests": None}, STDIO),
        (FUNCTION, FUNCTION),
        ({"inputs": [[1]], "outputs": [2], "fn_name": "f"}, FUNCTION),  # APPS
        ([{"input": "1", "output": "2", "testtype": "functional",
           "metadata": {"func_name": "f"}}], FUNCTION),
        ({"type": "function", "entry_point": "f", "tests": [[[1], 2]]}, FUNCTION),
    ],
)  # fmt: skip
def test_every_form_in_use_comes_to_one(tests, form):
    for given in (tests, json.dumps(tests)):
        assert canonical(given) == form
    assert canonical(canonical(tests)) == form


def test_values_that_every_case_of_a_set_wraps():
    columns = {"inputs": [[1], [2]], "outputs": [[2], [3]], "fn_name": "f"}  # APPS
    found = canonical(columns)
    assert found["compare"] == {"wrapped": True} and canonical(found) == found
    assert "compare" not in canonical({**columns, "outputs": [[2], []]})
    assert "compare" not in canonical({**columns, "fn_name": None, "entry_point": "f"})


def test_asserts_and_checks():
    asserts = {"type": "asserts", "cases": ["assert f(1) == 2"], "entry_point": "f"}
    forms = [
        ["assert f(1) == 2"],
        {"test_list": ["assert f(1) == 2"], "test_setup_code": ""},
        {"type": "asserts", "asserts": [], "challenge": ["assert f(1) == 2"], "setup": ""},
        "assert f(1) == 2",
    ]
    assert [canonical(form) for form in forms] == [asserts] * 4
    prompt = 'def f(x):\n    """Add one."""\n'
    check = "def check(candidate):\n    assert candidate(1) == 2\n"
    found = {"type": "check", "cases": [check], "entry_point": "f", "prompt": prompt}
    assert canonical({"type": "humaneval", "check": check}, prompt) == found
    assert canonical({"test": check}, prompt, "f") == canonical(check, prompt) == found
    assert canonical(found) == found


@pytest.mark.parametrize(
    "tests",
    [None, "", "[]", "{}", "not json", "[1, 2]", '{"inputs": ["1"], "outputs": []}', "[[]]",
     '{"type": "stdio", "cases": []}', '{"cases": [["a", "b"]], "language": "cobol"}',
     '{"cases": [[[1], 2]], "entry_point": "f; import os"}', '{"asserts": ["assert ("]}'],
)  # fmt: skip
def test_what_cannot_be_read_is_no_suite(tests):
    assert read_suite(tests) is None


def test_limits_and_comparison_are_read():
    suite = read_suite(json.dumps({**STDIO, "time_limit": {"seconds": 1, "nanos": 500_000_000},
                                   "memory_limit_bytes": 256_000_000, "language": "cpp",
                                   "compare": {"float_tol": 1e-6, "unordered": True}}))  # fmt: skip
    assert (suite.seconds, suite.memory_mb, suite.language) == (1.5, 256, "cpp")
    assert (suite.tolerance, suite.unordered) == (1e-6, True)
    plain = read_suite(json.dumps(STDIO))
    assert (plain.seconds, plain.memory_mb, plain.tolerance) == (6.0, 1024, None)


def test_a_statement_may_allow_an_error():
    text = "The answer is right if its absolute or relative error does not exceed 10^{-4}."
    assert canonical(STDIO, text)["compare"] == {"tolerance": 1e-4}
    assert "compare" not in canonical(STDIO, "Print the number of errors. n <= 10^5")
