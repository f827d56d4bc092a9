import polars as pl

from schemas.recipe.views import View
from tasks.views.formats.pairs import pairs
from tests.tasks.views.formats.test_sft import ANSWER, JOINED, QUESTION


def test_a_winner_and_a_loser_answer_the_same_prompt() -> None:
    joined = JOINED.with_columns(
        rejected_id=pl.lit("t2"),
        rejected_teacher=pl.lit("small"),
        rejected_reasoning=pl.lit(None, pl.String),
        rejected_response=pl.lit("It is 8."),
        rejected_reason=pl.lit("differ.value"),
    )
    assert pairs(joined, View()).to_dicts() == [
        {
            "prompt": [QUESTION],
            "chosen": [{"role": "assistant", "content": ANSWER}],
            "rejected": [{"role": "assistant", "content": "It is 8."}],
            "problem_id": "p1", "chosen_id": "t1", "rejected_id": "t2",
            "chosen_teacher": "r1", "rejected_teacher": "small",
            "rejected_reason": "differ.value",
            "source": "s", "domain": "math", "license": "mit", "answer": "7", "tokens": 12,
        }
    ]  # fmt: skip
