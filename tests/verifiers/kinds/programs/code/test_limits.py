import pytest

from verifiers.kinds.programs.code import canonical, read_suite
from verifiers.kinds.programs.code.limits import seconds

STDIO = {"type": "stdio", "cases": [{"input": "1\n", "output": "2\n"}]}


@pytest.mark.parametrize(("limit", "right"), [
    (2, 2.0), (2000, 2.0), ("2000 ms", 2.0), ("2 seconds", 2.0), ("1.5s", 1.5), (None, None),
    ({"seconds": 2, "nanos": 500_000_000}, 2.5), (10_000_000, 60.0),
])  # fmt: skip
def test_seconds_in_the_units_of_the_trade(limit, right):
    assert seconds(limit) == right


@pytest.mark.parametrize("broken", [
    '"time_limit": NaN', '"time_limit": 1e999', '"time_limit": -1', '"time_limit": "soon"',
    '"compare": {"tolerance": NaN}', '"compare": {"tolerance": 1e999}', '"memory_mb": 1e999',
    '"compare": {"tolerance": "loose"}', '"compare": {"float_tol": -1}',
])  # fmt: skip
def test_a_limit_that_is_no_number_leaves_nothing_to_judge_by(broken):
    assert read_suite('{"cases": [["1", "2"]], ' + broken + "}") is None


def test_a_tolerance_may_be_text():
    assert canonical({**STDIO, "compare": {"tolerance": "1e-6"}})["compare"] == {"tolerance": 1e-6}
