from schemas.recipe.views import View
from tasks.views.formats.midtrain import midtrain
from tests.tasks.views.formats.test_sft import ANSWER, JOINED


def test_problem_and_trace_are_one_document() -> None:
    assert midtrain(JOINED, View()).to_dicts() == [
        {
            "text": f"What is 3 + 4?\n\n{ANSWER}",
            "problem_id": "p1", "trace_id": "t1", "teacher": "r1", "source": "s",
            "domain": "math", "license": "mit", "tokens": 12,
        }
    ]  # fmt: skip
