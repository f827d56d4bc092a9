from schemas.recipe.views import View
from tasks.views.formats.sharegpt import sharegpt
from tests.tasks.views.formats.test_alpaca import KEPT
from tests.tasks.views.formats.test_sft import ANSWER, JOINED


def test_a_trace_is_a_conversation_of_a_human_and_gpt() -> None:
    said = [{"value": "What is 3 + 4?", "from": "human"}, {"value": ANSWER, "from": "gpt"}]
    assert sharegpt(JOINED, View()).to_dicts() == [{"conversations": said, **KEPT}]
