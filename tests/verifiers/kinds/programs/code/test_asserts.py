import pytest

from verifiers.kinds.programs.code.asserts import Call, Code, asked_for, from_asserts, from_check


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("assert f(1, [2]) == (3, 4)", Call("f", [1, [2]], {}, "equal", (3, 4))),
        ("assert 3 == f(-1, x='a'), 'message'", Call("f", [-1], {"x": "a"}, "equal", 3)),
        ("assert (f()) is True", Call("f", [], {}, "same", True)),
        ("assert f({1, 2})", Call("f", [{1, 2}], {}, "true", None)),
        ("assert not f('')", Call("f", [""], {}, "false", None)),
    ],
)
def test_a_plain_assert_is_a_call_and_a_value(text, call):
    assert from_asserts([text], "") == [call]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("assert math.isclose(f(1), 0.5, rel_tol=0.001)", ["f"]),
        ("assert set(f([1])) == {1}", ["f"]),
        ("assert f(g(1)) == 2", ["f", "g"]),
        ("assert f(1) < 2", ["f"]),
        ("x = f(1)\nassert x == [y for y in x]", ["f"]),
        ("assert f(*[1]) == 1", ["f"]),
        ("assert f(1) == 10**3", ["f"]),
    ],
)
def test_anything_else_runs_as_it_stands(text, names):
    (test,) = from_asserts([text], "")
    assert isinstance(test, Code) and test.names == names and text in test.source


def test_a_module_that_a_test_forgot_is_imported():
    (test,) = from_asserts(["assert math.isclose(f(1), 0.5)"], "")
    assert test.source.startswith("import math\n")


def test_a_setup_makes_every_assert_code():
    (test,) = from_asserts(["assert f(a) == 1"], "a = 3")
    assert test == Code("a = 3\nassert f(a) == 1", ["f"])


def test_a_function_named_as_one_of_pythons():
    assert asked_for(["assert sum(10, 15) == 6"]) == "sum"
    assert asked_for(["assert set(f(1)) == set([1])"]) == "f"
    assert asked_for(["x = [math.pi]\nassert all(map(f, x))"]) == "f"
    assert from_asserts(["assert sum(10, 15) == 6"], "")[0].entry == "sum"


def test_a_check_of_plain_asserts_is_one_test_each():
    check = (
        "METADATA = {}\ndef check(candidate):\n    '''doc'''\n    assert True, 'fine'\n"
        "    assert candidate(1) == 2, 'one'\n    assert candidate(2) == 3\n"
    )
    calls = from_check(check, "f", "")
    assert [call.arguments for call in calls] == [[1], [2]] and {c.entry for c in calls} == {"f"}


def test_a_check_that_does_more_runs_whole_with_its_own_helpers():
    check = (
        "import random\ndef check(candidate):\n    for _ in range(9):\n"
        "        x = random.random()\n        assert abs(helper(candidate(x)) - x) < 1e-6\n"
    )
    (test,) = from_check(check, "f", "def helper(x):\n    return x\ndef f(x):\n    pass\n")
    assert test.names == ["f"] and test.source.endswith("(check(f))")


def test_broken_test_code_is_an_error():
    with pytest.raises(SyntaxError):
        from_asserts(["assert f(1 =="], "")
