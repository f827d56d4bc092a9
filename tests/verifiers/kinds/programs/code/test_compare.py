import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.kinds.programs.code.compare import same_output, same_value
from verifiers.kinds.programs.code.suite import Suite

EXACT = Suite("stdio", [])
CLOSE = EXACT._replace(tolerance=1e-6)
ANY = EXACT._replace(unordered=True)
NEAR = ANY._replace(tolerance=1e-6)


@pytest.mark.parametrize(
    ("expected", "got", "suite", "same"),
    [
        ("5\n", "5", EXACT, True),
        ("1 2\n3\n", "1 2  \r\n3\r\n\r\n", EXACT, True),
        ("1\n2\n", "1 2\n", EXACT, False),
        ("1\n2\n", "1\n", EXACT, False),
        ("1\n", "1\n2\n", EXACT, False),
        ("", "", EXACT, True),
        ("5", "5.0", EXACT, True),  # numbers, as LiveCodeBench
        ("0.5", "0.5000001", CLOSE, True),
        ("0.5", "0.51", CLOSE, False),
        ("1000000", "1000000.5", CLOSE, True),  # relative
        ("nan", "nan", EXACT, True),
        ("0.5", "nan", CLOSE, False),
        ("0.5", "inf", CLOSE, False),
        ("YES", "yes", CLOSE, False),
        ("5", "+5.0e0", CLOSE, True),
        ("1000", "1_000", CLOSE, False),
        ("5", "\u0665", CLOSE, False),  # an Arabic 5
        ("a\nb\n", "b\na\n", ANY, True),
        ("a\na\nb\n", "b\na\n", ANY, False),
    ],
)
def test_outputs(expected, got, suite, same):
    assert same_output(expected, got, suite) is same


@pytest.mark.parametrize(
    ("expected", "got", "suite", "same"),
    [
        ([1, 2], (1, 2), EXACT, True),
        ([[0, 1]], [(0, 1)], EXACT, True),
        ([1, 2], {1, 2}, EXACT, False),
        (True, 1, EXACT, True),
        (True, "True", EXACT, False),
        (0.1, 0.1 + 1e-9, EXACT, False),
        ([0.1], [0.1 + 1e-9], CLOSE, True),
        ({"a": [0.1]}, {"a": (0.1 + 1e-9,)}, CLOSE, True),
        (0.1, float("nan"), CLOSE, False),
        (10**400, 10**400, CLOSE, True),
        (10**400, 1.0, CLOSE, False),
        ([1, 2, 2], [2, 1, 2], ANY, True),
        ([1, 2, 2], [1, 1, 2], ANY, False),
        ([[1, 2], {"a": [1]}], [{"a": (1,)}, (1, 2)], ANY, True),
        ([[1, 2], [2, 1]], [[1, 2], [1, 2]], ANY, False),
        ([1, 2], [2], ANY, False),
        ([0.1, 0.2], [0.2 + 1e-9, 0.1 - 1e-9], NEAR, True),
        ([0.1, 0.2], [0.2 + 1e-9, 0.2 - 1e-9], NEAR, False),
        ([[0.1], [0.2]], [[0.2 + 1e-9], [0.1]], NEAR, True),
        ([0.1], [float("nan")], NEAR, False),
        (None, None, EXACT, True),
        (None, False, EXACT, False),
    ],
)
def test_values(expected, got, suite, same):
    assert same_value(expected, got, suite) is same


def test_a_value_nested_too_deep_is_another():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert same_value([], deep, EXACT) is False


def test_a_long_list_in_another_order_takes_no_time():
    numbers = [n / 7 for n in range(30_000)]
    for got in (numbers[::-1], [number + 1e-9 for number in reversed(numbers)]):
        started = time.thread_time()
        assert same_value(numbers, got, NEAR)
        assert time.thread_time() - started < 6


@given(st.text(alphabet="ab1. \r\n"))
def test_a_text_is_itself(text):
    assert all(same_output(text, text, suite) for suite in (EXACT, CLOSE, ANY))


@given(st.lists(st.text(alphabet="ab1 ")), st.randoms())
def test_lines_in_any_order(lines, random):
    other = lines.copy()
    random.shuffle(other)
    assert same_output("\n".join([*lines, "x"]), "\n".join(["x", *other]), ANY) or "" in [
        line.strip() for line in lines
    ]
