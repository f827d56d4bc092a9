"""A good answer is read whatever its metadata are."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.llm.http.replies import INT32, Reply, reply_of, whole_number


def answer(message: dict[str, Any], finish: Any = "stop", usage: Any = None) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}


@pytest.mark.parametrize(
    ("value", "number"),
    [(12, 12), (12.0, 12), ("12", 12), ("123.0", 123), ("", None), (" ", None), (None, None)],
)
def test_a_whole_number_is_read_however_it_is_written(value: Any, number: int | None) -> None:
    assert whole_number(value) == number


@pytest.mark.parametrize("value", [1.5, "many", True, -1, 2**31, float("nan"), "inf", [], {}])
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        whole_number(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, JSON, JSON, JSON)
def test_no_metadata_cost_an_answer(finish: Any, usage: Any, count: Any, other: Any) -> None:
    for told in (usage, {"prompt_tokens": count, "completion_tokens_details": other}):
        reply = reply_of(answer({"content": "5"}, finish, told))
        assert reply.content == "5"
        for tokens in reply[3:6]:
            assert tokens is None or (isinstance(tokens, int) and 0 <= tokens <= INT32)
        assert isinstance(reply.finish_reason, str | None)
        orjson.dumps(reply.finish_reason)


def test_what_cannot_be_read_is_named() -> None:
    reply = reply_of(answer({"content": "5"}, 0, {"prompt_tokens": 2**40, "completion_tokens": 3}))
    assert reply == Reply(None, "5", None, None, 3, None, ("finish_reason", "prompt_tokens"))


@pytest.mark.parametrize(
    ("message", "reasoning", "content"),
    [
        ({"reasoning": "a", "content": "b"}, "a", "b"),
        ({"reasoning_content": "a", "content": "b"}, "a", "b"),
        ({"thinking": "a", "content": "b"}, "a", "b"),
        (
            {"reasoning_details": [{"type": "reasoning.text", "text": "a"}], "content": "b"},
            "a", "b",
        ),
        ({"content": [{"type": "text", "text": "b"}, {"type": "text", "text": "c"}]}, None, "bc"),
        (
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "a"}]},
                         {"type": "text", "text": "b"}]}, "a", "b",
        ),
        ({"content": None, "refusal": "no"}, None, "no"),
        ({"content": None}, None, ""),
        ({"content": "x\ud83dy"}, None, "x�y"),
    ],
)  # fmt: skip
def test_text_is_found_under_every_name(
    message: dict[str, Any], reasoning: str | None, content: str
) -> None:
    reply = reply_of(answer(message))
    assert (reply.reasoning, reply.content) == (reasoning, content)


@pytest.mark.parametrize("broken", [None, [], {}, {"choices": []}, {"choices": [{"text": 7}]}])
def test_what_holds_no_text_is_no_answer(broken: Any) -> None:
    with pytest.raises(ValueError):
        reply_of(broken)
