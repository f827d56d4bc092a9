import polars as pl

from schemas.recipe.views import View
from tasks.views.formats.rlvr import rlvr
from tests.tasks.views.formats.test_sft import JOINED, QUESTION


def test_a_problem_has_the_names_that_trl_and_verl_read() -> None:
    joined = JOINED.drop("trace_id", "teacher", "reasoning", "response").with_columns(
        answer_kind=pl.lit("table"),
        tests=pl.lit('{"rows": "unordered"}'),
        pass_rate=pl.lit(0.5),
        n=pl.lit(4),
        difficulty=pl.lit("medium"),
        split=pl.lit("train"),
    )
    assert rlvr(joined, View()).to_dicts() == [
        {
            "prompt": [QUESTION], "answer": "7", "solution": "7",
            "answer_kind": "table", "tests": '{"rows": "unordered"}',
            "pass_rate": 0.5, "samples": 4, "difficulty": "medium",
            "data_source": "s", "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": "7"},
            "extra_info": {
                "split": "train", "problem_id": "p1", "level": "1", "problem": QUESTION["content"],
                "answer_kind": "table", "tests": '{"rows": "unordered"}',
            },
            "problem_id": "p1", "license": "mit",
        }
    ]  # fmt: skip
