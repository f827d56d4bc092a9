import polars as pl
import pytest

from schemas.recipe.views import View
from tasks.views.formats.sft import sft

JOINED = pl.DataFrame(
    {
        "problem": ["What is 3 + 4?"], "problem_id": ["p1"], "trace_id": ["t1"], "teacher": ["r1"],
        "reasoning": ["3 and 4."], "response": ["It is 7."], "source": ["s"], "domain": ["math"],
        "level": ["1"], "license": ["mit"], "answer": ["7"], "tokens": [12], "other": [0],
    }
)  # fmt: skip
QUESTION = {"role": "user", "content": "What is 3 + 4?"}
ANSWER = "<think>\n3 and 4.\n</think>\n\nIt is 7."
IDS = {
    "problem_id": "p1", "trace_id": "t1", "teacher": "r1", "source": "s", "domain": "math",
    "level": "1", "license": "mit", "answer": "7", "tokens": 12,
}  # fmt: skip


def test_reasoning_in_tags() -> None:
    messages = [QUESTION, {"role": "assistant", "content": ANSWER}]
    assert sft(JOINED, View()).to_dicts() == [{"messages": messages, **IDS}]


def test_reasoning_in_its_own_field() -> None:
    answer = {"role": "assistant", "content": "It is 7.", "reasoning_content": "3 and 4."}
    messages = [{**QUESTION, "reasoning_content": None}, answer]
    assert sft(JOINED, View(reasoning="field")).to_dicts() == [{"messages": messages, **IDS}]


def test_a_trace_without_reasoning_has_no_tags() -> None:
    joined = JOINED.with_columns(reasoning=pl.lit(None, pl.String))
    assert sft(joined, View())["messages"][0][1]["content"] == "It is 7."


def test_a_trace_without_a_response_keeps_its_thought() -> None:
    joined = JOINED.with_columns(response=pl.lit(None, pl.String))
    assert sft(joined, View())["messages"][0][1]["content"] == "<think>\n3 and 4.\n</think>\n\n"


@pytest.mark.parametrize("where", ["tags", "field"])
def test_braces_in_the_text_are_just_text(where: str) -> None:
    joined = JOINED.with_columns(reasoning=pl.lit(r"\frac{1}{2} {}"))
    view = View.model_validate({"reasoning": where})
    assert r"\frac{1}{2} {}" in str(sft(joined, view)["messages"][0].to_list()[1].values()).replace(
        "\\\\", "\\"
    )


@pytest.mark.parametrize("where", ["tags", "field"])
def test_a_system_message_stands_first_where_a_row_has_one(where: str) -> None:
    view = View.model_validate({"reasoning": where, "system": "{{ domain }}"})
    joined = pl.concat(JOINED.with_columns(system=pl.lit(s, pl.String)) for s in ("Think.", None))
    roles = [[turn["role"] for turn in turns] for turns in sft(joined, view)["messages"]]
    assert roles == [["system", "user", "assistant"], ["user", "assistant"]]
