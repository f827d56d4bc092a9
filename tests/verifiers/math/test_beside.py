"""What stands beside a value: its name, what is said of it, and how far its letters run."""

import pytest

from verifiers import compare


def both_ways(one: str, other: str) -> set[str]:
    return {str(compare(*pair).verdict) for pair in ((one, other), (other, one))}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("4", "Median = 4"),
        ("8", "\\sigma^2 = 8"),
        ("15\\pi", "S_{\\text{侧}} = 15\\pi"),
        ("nR\\ln 2", "\\Delta S = nR\\ln 2"),
        ("a_n = 5\\cdot 2^n", "a_k = 5(2^k)"),
        ("y = 3e^{2x}", "y(t) = 3e^{2t}"),
    ],
)
def test_a_value_may_have_its_name(value: str, named: str) -> None:
    assert both_ways(value, named) == {"correct"}


@pytest.mark.parametrize(
    ("value", "named"),
    [("4", "Median = 5"), ("8", "\\sigma^2 = 64"), ("8", "x^2 = 8"), ("a_n = 2^n", "a_k = 3^k")],
)
def test_a_name_makes_no_other_value_right(value: str, named: str) -> None:
    assert "correct" not in both_ways(value, named)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sp^2", "sp² (trigonal planar)"),
        ("\\frac{\\mu_0 I}{2\\pi r}", "\\frac{\\mu_0 I}{2\\pi r}, circling the wire"),
        ("No", "They are linearly dependent"),
        ("No", "not complete"),
        ("(1\\,2\\,3)", "(1\\,3\\,2)"),
        ("x \\equiv 8 \\pmod{15}", "x = 8 + 15k, where $k$ is a positive integer"),
    ],
)
def test_what_words_or_order_may_change_is_not_decided(one: str, other: str) -> None:
    assert both_ways(one, other) == {"undecided"}


def test_a_row_in_its_order_is_the_same_row() -> None:
    assert both_ways("(1 2 3)", "(1\\ 2\\ 3)") == {"correct"}
    assert both_ways("(1 2 3)", "(1 2 4)") == {"incorrect"}


def test_whole_numbers_on_both_sides_run_alike() -> None:
    same = "x = 8 + 15k, k \\in \\mathbb{Z}"
    assert both_ways("x \\equiv 8 \\pmod{15}", same) == {"correct"}
    assert both_ways("a_n = 2n, n \\ge 1", "a_n = 2n, n \\in \\mathbb{N}") == {"correct"}
