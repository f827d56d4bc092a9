import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.code.compare import same_output, same_value
from verifiers.code.suite import Suite

EXACT = Suite("stdio", [])
CLOSE = EXACT._replace(tolerance=1e-6)
ANY = EXACT._replace(unordered=True)


@pytest.mark.parametrize(
    ("expected", "got", "suite", "same"),
    [
        ("5\n", "5", EXACT, True),
        ("1 2\n3\n", "1 2  \r\n3\r\n\r\n", EXACT, True),
        ("1\n2\n", "1 2\n", EXACT, False),
        ("1\n2\n", "1\n", EXACT, False),
        ("1\n", "1\n2\n", EXACT, False),
        ("", "", EXACT, True),
        ("5", "5.0", EXACT, False),
        ("0.5", "0.5000001", CLOSE, True),
        ("0.5", "0.51", CLOSE, False),
        ("1000000", "1000000.5", CLOSE, True),  # relative
        ("nan", "nan", EXACT, True),
        ("0.5", "nan", CLOSE, False),
        ("0.5", "inf", CLOSE, False),
        ("YES", "yes", CLOSE, False),
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
