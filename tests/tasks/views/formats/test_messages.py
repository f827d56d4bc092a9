import polars as pl
import pytest

from schemas.errors import LongcotError
from schemas.recipe.views import View
from tasks.views.formats.messages import messages
from tests.tasks.views.formats.test_sft import ANSWER, IDS, JOINED

TWO = JOINED.with_columns(
    fixed_id=pl.lit("t2"), fixed_trace_id=pl.lit("t2"), fixed_teacher=pl.lit("b"),
    fixed_reasoning=pl.lit("better"), fixed_response=pl.lit("8"),
)  # fmt: skip


def test_a_row_says_what_the_view_writes() -> None:
    said = [{"user": "{{ problem }} Right?\n\n{{ text }}"}, {"assistant": "{{ answer }}"}]
    (row,) = messages(JOINED, View.model_validate({"messages": said})).to_dicts()
    problem = JOINED["problem"][0]
    assert row == {
        "messages": [
            {"role": "user", "content": f"{problem} Right?\n\n{ANSWER}"},
            {"role": "assistant", "content": JOINED["answer"][0]},
        ],
        **IDS,
    }


def test_roles_have_their_parts_by_name_and_their_ids() -> None:
    view = View.model_validate(
        {
            "roles": {"wrong": "a", "fixed": "b"},
            "messages": [
                {"system": "{{ '' }}"},
                {"user": "{{ wrong.response }} of {{ wrong.teacher }}"},
                {"assistant": "{{ fixed.text }} of {{ fixed.teacher }}"},
            ],
        }
    )
    (row,) = messages(TWO, view).to_dicts()
    response, teacher = JOINED["response"][0], JOINED["teacher"][0]
    assert row["messages"] == [
        {"role": "user", "content": f"{response} of {teacher}"},
        {"role": "assistant", "content": "<think>\nbetter\n</think>\n\n8 of b"},
    ]
    assert row["fixed_id"] == "t2"


def test_a_text_that_names_what_is_not_there_is_told_without_a_row() -> None:
    view = View.model_validate(
        {"roles": {"wrong": "a", "fixed": "b"}, "messages": [{"user": "{{ fixed.respons }}"}]}
    )
    with pytest.raises(LongcotError, match=r"^messages\.0: there is no `fixed\.respons`; did you"):
        messages(TWO.clear(), view)
