import json
import sys
import warnings

import pytest

from verifiers import Pool, Problem, audit, verify

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    reasoning_gym = pytest.importorskip(
        "reasoning_gym", reason="reasoning-gym is not installed (extra `gym`)"
    )

pytestmark = pytest.mark.slow  # the package takes seconds to load


def problems(name, size=2):
    """(problem, gold) as reasoning-gym makes them, by way of JSON."""
    for entry in reasoning_gym.create_dataset(name, size=size, seed=1):
        tests = json.dumps({"metadata": entry["metadata"]}, default=str)
        yield Problem("p", entry["question"], entry["answer"], "reasoning_gym", tests)


@pytest.fixture(scope="module")
def every_task():
    names = [name for name in reasoning_gym.factory.DATASETS if name != "composite"]
    return [(name, problem) for name in names for problem in problems(name)]


def test_the_scorer_accepts_its_own_gold_and_refuses_junk(every_task):
    junk = "<answer>purple 77 elephants</answer>"
    for name, problem in every_task:
        assert audit(problem).reason == "equal.score", name
        if name != "game_of_life_halting":  # its scorer takes whatever is not "True" for "False"
            assert verify(problem, junk).reason in ("differ.score", "differ.type"), name


def test_the_threshold_is_the_least_score_that_is_correct():
    tests = {"dataset": "spiral_matrix", "metadata": {}}
    problem = Problem("p", "", "1 2 3", "reasoning_gym", json.dumps(tests))
    assert verify(problem, "<answer>[1, 2, 3]</answer>").reason == "differ.score"  # scores 0.1
    loose = problem._replace(tests=json.dumps({**tests, "threshold": 0.1}))
    assert verify(loose, "<answer>[1, 2, 3]</answer>").reason == "equal.score"


def test_metadata_that_lack_what_the_scorer_needs_are_the_problems_fault():
    tests = json.dumps({"dataset": "sudoku", "metadata": {}})
    problem = Problem("p", "", "1 2", "reasoning_gym", tests)
    assert audit(problem).reason == "undecided.tests"
    assert verify(problem, "<answer>1 2</answer>").reason == "undecided.tests"


@pytest.mark.parametrize("tests", [None, "{}", '{"dataset": "poems"}', '{"threshold": "x"}'])
def test_a_task_that_is_not_there_is_the_problems_fault(tests):
    problem = Problem("p", "", "1", "reasoning_gym", tests)
    assert audit(problem).reason == "undecided.tests"


def test_nothing_that_a_scorer_evaluates_runs(tmp_path):
    marker = tmp_path / "marker"
    code = [
        f"open({str(marker)!r}, 'w')",
        f"[open({str(marker)!r}, 'w')]",
        f"__import__('os').system('touch {marker}')",
        f"[__import__('os').system('touch {marker}')]",
    ]
    names = (
        "string_insertion spiral_matrix binary_matrix n_queens number_sorting simple_integration "
        "intermediate_integration polynomial_multiplication puzzle24 countdown bitwise_arithmetic"
    ).split()
    asked = [
        (problem, f"<answer>{text}</answer>")
        for name in names
        for problem in problems(name, 1)
        for text in code
    ]
    found = [verify(*item) for item in asked]
    assert {word.verdict for word in found} == {"incorrect"}
    assert not marker.exists()


def test_an_expression_is_scored_and_code_is_of_another_type():
    tests = json.dumps({"dataset": "countdown", "metadata": {"numbers": [2, 3, 4], "target": 14}})
    problem = Problem("p", "", "2 + 3*4", "reasoning_gym", tests)
    assert verify(problem, "<answer>4*3 + 2</answer>").reason == "equal.score"
    assert verify(problem, "<answer>(2 + 3)*4</answer>").reason == "differ.score"
    assert verify(problem, "<answer>lambda: 14</answer>").reason == "differ.type"


def test_in_the_pool_the_package_is_loaded_before_the_deadline_runs():
    problem = next(problems("countdown"))
    with Pool(2, wall=1.0) as pool:
        plain = (Problem("p", "", "4", "math"), "4")
        assert pool.map("verify", [plain])[0].verdict == "correct"
        found = pool.map("verify", [(problem, f"<answer>{problem.answer}</answer>"), plain])
    assert [word.reason for word in found] == ["equal.score", "equal.string"]


def test_without_the_package_it_is_undecided(monkeypatch):
    from verifiers.kinds.reasoning_gym import scorer

    scorer.cache_clear()
    monkeypatch.setitem(sys.modules, "reasoning_gym.factory", None)
    tests = json.dumps({"dataset": "countdown", "metadata": {"numbers": [1], "target": 1}})
    problem = Problem("p", "", "1", "reasoning_gym", tests)
    assert verify(problem, "<answer>1</answer>").reason == "undecided.extra"
    scorer.cache_clear()
