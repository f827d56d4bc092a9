"""Real problems and traces: golds that must pass their tests, labels that must be met.

`LONGCOT_REAL_DATA` names the folder with `problems_code` and `traces_canaicode`.
"""

import ast
import json
from collections import Counter

import pytest

from tests import real
from verifiers import Pool, Problem
from verifiers.kinds.programs.code import canonical, read_suite

pytestmark = pytest.mark.slow


def rows(folder, name):
    return list(real.rows(folder / f"{name}.jsonl.zst"))


def test_golds_pass_their_own_tests(real_data):
    problems, kinds = [], []
    for row in rows(real_data, "problems_code"):
        tests = canonical(row["tests"], row["problem"], row.get("entry_point"))
        assert tests is not None and read_suite(json.dumps(tests)) is not None, row["id"]
        if row.get("solution"):
            kinds.append(row["tests"]["type"])
            problems.append(
                Problem(row["id"], "", None, "code", json.dumps(tests), row["solution"])
            )
    with Pool(2) as pool:
        words = pool.map("audit", [(problem,) for problem in problems])
    found = Counter(zip(kinds, (word.reason for word in words), strict=True))
    assert found == {
        ("humaneval", "pass.tests"): 164,
        ("asserts", "pass.tests"): 965,
        ("asserts", "undecided.broken_tests"): 6,  # one constant passes all that they ask
        ("asserts", "undecided.border"): 3,  # objects of the solution's own classes in the setup
    }


def suite_of(row):
    """The calls of a can-ai-code suite; its checks of names and signatures are left out."""
    calls = [test for test in row["tests"] if test["assert"].startswith("f.call(")]
    names = [test["eq"] for test in row["tests"] if test["assert"] == "f.name"]
    cases = [
        {"input": list(ast.literal_eval(f"({t['assert'][7:-1].strip()},)")), "output": t["eq"]}
        for t in calls
    ]
    form = {"type": "function", "entry_point": names[0], "cases": cases} if calls else {}
    return json.dumps({**form, "language": row["language"]})


def test_labelled_traces_are_judged_as_labelled(real_data):
    traces = rows(real_data, "traces_canaicode")
    items = [
        (Problem(row["problem_id"], "", None, "code", suite_of(row)), row["trace"])
        for row in traces
    ]
    with Pool(2) as pool:
        words = pool.map("verify", items)
    others = [
        (row, word)
        for row, word in zip(traces, words, strict=True)
        if (word.verdict == "correct") != row["correct"]
    ]
    # Looked at one by one: the source fails 18 for the number of parameters (a default argument),
    # and one because it ran the function without the constant above it.
    assert len(others) == 19
    assert all(word.reason == "pass.tests" and not row["correct"] for row, word in others)
    failed = [{t["assert"] for t in row["tests"] if t["status"] == 0} for row, _ in others]
    assert sum(parts == {"len(f.args)"} for parts in failed) == 18
