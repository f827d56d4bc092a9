from typing import Any

import pytest

from tasks.sources.chat import answered, asked, gold
from tasks.sources.paths import at, spread
from tasks.sources.rows import BadRow, Broken, Row

USER, ASSISTANT = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}


@pytest.mark.parametrize(
    "value",
    ["q", [USER], [USER, ASSISTANT], [{"from": "human", "value": "q"}], ["q"],
     [{"type": "text", "text": "q"}],
     [{"role": "user", "content": [{"type": "text", "text": "q"}]}]],
)  # fmt: skip
def test_a_problem_is_what_the_user_asks(value: Any) -> None:
    assert asked(value, "problem") == "q"


@pytest.mark.parametrize("value", ["5", ["5"], {"ground_truth": "5"}, {"ground_truth": ["5"]}])
def test_a_gold_out_of_its_box(value: Any) -> None:
    assert gold(value, "answer") == "5"


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        ([USER, ASSISTANT, USER], "multi_turn", "2 turns of a user"),
        (["5", "6"], "wrong_type", r"answer: NAME\[0\]"),
        ({"a": 1}, "wrong_type", r"answer: NAME\.KEY"),
        ([{"type": "image_url", "image_url": "x"}], "wrong_type", "image_url"),
    ],
)
def test_what_is_none_of_these_is_set_aside_by_name(value: Any, reason: str, said: str) -> None:
    with pytest.raises(BadRow, match=f"{reason}: .*{said}"):
        asked(value, "answer")


def test_a_thought_apart_is_found() -> None:
    found = answered([USER, {**ASSISTANT, "reasoning_content": "t"}], "trace")
    assert found == (("assistant", "a", "t"), [])


def test_of_a_conversation_that_goes_on_the_first_answer_counts_and_all_turns_are_told() -> None:
    more = [USER, ASSISTANT, {"role": "user", "content": "and?"}, {**ASSISTANT, "content": "b"}]
    assert asked(more, "problem") == "q"
    found = answered(more, "trace")
    assert found is not None
    assert found[0].text == "a"
    assert [turn.text for turn in found[1]] == ["q", "a", "and?", "b"]


def test_turns_that_do_not_alternate_are_set_aside() -> None:
    with pytest.raises(BadRow, match=r"multi_turn: .*2 turns of an assistant and 1 of a user"):
        answered([USER, ASSISTANT, ASSISTANT], "trace")


def test_paths() -> None:
    row = {"prompt": [USER], "r.m": 1, "r": {"m": 2}, "g": [{"t": "x"}, {"t": "y"}]}
    assert at(row, "prompt[0].content") == at(row, "prompt[-1].content") == "q"
    assert (at(row, "r.m"), at(row, "prompt[4].content"), at(row, "none.x")) == (1, None, None)
    found = list(spread(Row("f:1", row), ["g[*].t", "prompt[0].content"]))
    assert [(r.place, r.content["g[*].t"]) for r in found if isinstance(r.content, dict)] == [
        ("f:1[0]", "x"), ("f:1[1]", "y"),
    ]  # fmt: skip
    assert isinstance(next(spread(Row("f:1", {}), ["g[*]"])).content, Broken)
