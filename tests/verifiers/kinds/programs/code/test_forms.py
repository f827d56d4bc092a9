import json

import pytest

from verifiers.kinds.programs.code import canonical
from verifiers.kinds.programs.code.forms import FORMS
from verifiers.kinds.programs.code.languages import named
from verifiers.kinds.programs.code.literals import read_json, readable, write_json

CALL = {"type": "function", "entry_point": "f", "cases": [{"input": [1], "output": 2}]}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_form_fits_its_own_example_and_no_form_before_it(form):
    value = json.loads(form.example)
    assert next(known for known in FORMS if known.fits(value)) is form
    assert canonical(value, "", "f") is not None
    assert canonical(canonical(value, "", "f")) == canonical(value, "", "f")


@pytest.mark.parametrize("tests", [
    {"language": "python", "test_cases": [{"type": "function_call", "fn_name": "f", "input": [1],
                                           "output": 2}]},  # SYNTHETIC-1
    {"verification_info": '{"test_cases": [{"fn_name": "f", "input": [1], "output": 2}]}'},
    {"input_output": '{"fn_name": "f", "inputs": [[1]], "outputs": [2]}'},  # TACO
])  # fmt: skip
def test_calls_of_other_sets(tests):
    found = canonical(tests)
    assert {**found, "compare": None} == {**CALL, "compare": None}


def test_test_code_is_kept_whole():
    """What stands between asserts belongs to what they test, and may never end."""
    listed = canonical("import math\nassert f(1) == 2\nassert (f(2) ==\n    3)")
    assert listed["cases"] == ["assert f(1) == 2", "assert (f(2) ==\n    3)"]
    assert listed["setup"] == "import math"
    for whole in ("while True: pass\nassert f(1) == 2", "a = []\nf(a)\nassert a", "assert f(1) =="):
        try:
            assert canonical(whole, "", "f")["cases"] == [whole]
        except TypeError:
            assert whole == "assert f(1) =="
    assert canonical("no code at all") is None


def test_leetcode_names_a_method():
    check = "def check(candidate):\n    assert candidate(nums=[2], target=9) == [0]\n"
    found = canonical({"test": check, "entry_point": "Solution().twoSum"})
    assert (found["type"], found["entry_point"]) == ("check", "twoSum")


def test_kodcode_has_functions_for_pytest():
    code = "from solution import f\n\ndef test_one():\n    assert f(1) == 2\n"
    assert canonical({"test": code})["type"] == "asserts"
    assert canonical(code) == canonical({"test": code})


@pytest.mark.parametrize(("text", "language"), [
    ("python3", "python"), ("PYTHON3", "python"), ("Python 3.11", "python"), ("pypy3", "python"),
    ("C++", "cpp"), ("cpp17", "cpp"), ("GNU C++20", "cpp"), ("c++ (17)", "cpp"),
    ("js", "javascript"), ("node.js", "javascript"), ("sh", "bash"), ("cobol", None), ("", None),
])  # fmt: skip
def test_languages_under_their_usual_names(text, language):
    assert named(text) == language


def test_integers_of_any_length():
    digits = "7" * 6000
    value = read_json(f'{{"a": [{digits}]}}')
    assert write_json(value) == f'{{"a": [{digits}]}}' and value["a"][0] % 10 == 7
    assert hex(value["a"][0]) in readable(f"assert f(1) == {digits}")
    with pytest.raises(ValueError, match="an integer of"):
        read_json("9" * 400_000)
