"""Steps that stand again do what is new, and their last word counts."""

from pathlib import Path

from tests.flows.asking import Workshop, line
from tests.flows.problems import problem


def test_a_verdict_stands_once_though_a_step_between_decided_about_its_problem(
    tmp_path: Path,
) -> None:
    shop = Workshop(tmp_path)
    shop.write("p.jsonl", [*(problem(i) for i in range(11)),
                           {**problem(11), "answer": None}])  # fmt: skip
    late = {"screen": {"name": "late", "checks": ["gold"]}}
    steps = ["generate", "verify", "measure", "grade", late, "verify", "measure", "grade"]
    shop.recipe(steps, views={"sft": {"where": "verdict is not null"}})
    report = shop.build()
    assert line(report, "verify")["in"] == 36 == line(report, "verify", "#2")["in"]
    assert line(report, "verify", "#2")["aside"] == {"problem_set_aside": 3}
    assert line(report, "measure", "#2")["in"] == 0  # no trace is new to it
    assert len(shop.sql("SELECT trace_id FROM verdicts")) == 33 == len(shop.view("sft"))
    assert len(shop.sql("SELECT DISTINCT problem_id FROM grades")) == 11
    assert len(shop.sql("FROM set_aside WHERE step = 'verify'")) == 3
    assert len(shop.sql("SELECT DISTINCT trace_id FROM signals")) == 36
    shop.build()
    assert shop.runner.ran == []


def test_a_screen_that_stands_again_looks_at_new_problems_alone(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.write("p.jsonl", [*(problem(i) for i in range(11)), {"problem": "Prove that 1 = 1."}])
    shop.recipe(["screen", "dedupe", "screen", "generate", "verify"])
    report = shop.build()
    assert line(report, "screen")["aside"] == {"proof": 1}
    assert line(report, "screen", "#2")["in"] == 0
    assert len(shop.sql("FROM set_aside WHERE step = 'screen'")) == 1
