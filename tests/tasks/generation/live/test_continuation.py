"""Drafts: what is cut and gone on with is the text that was never cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.generation.live.continuation import Draft, begun, extended, restored
from tasks.llm.http.replies import Reply
from tasks.llm.reasoning_parser import frame, split, unframe

TEXT = st.text(alphabet="ab \n.", min_size=1, max_size=12)


def reply(content: str, reasoning: str | None = None, finish: str = "stop") -> Reply:
    return Reply(reasoning, content, finish, None, None, None)


@given(TEXT, TEXT, st.data())
def test_an_inline_text_cut_anywhere_is_whole_again(
    thought: str, answer: str, data: st.DataObject
) -> None:
    raw = f"<think>{thought}</think>{answer}"
    cut = data.draw(st.integers(0, len(raw)))
    draft = extended(begun(reply(raw[:cut]), ""), reply(raw[cut:]))
    assert draft.parts("stop") == Draft(None, raw).parts("stop")


@given(TEXT, TEXT, st.data())
def test_fields_cut_in_the_thought_are_whole_again(
    thought: str, answer: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(thought)))
    first = begun(reply("", thought[:cut] or "x"), "")
    rest = f"{thought[cut:]}</think>{answer}"
    draft = extended(first, reply(rest))
    assert draft == Draft((thought[:cut] or "x") + thought[cut:], answer)


@given(st.text(max_size=40), st.sampled_from(["stop", "length", None]))
def test_a_frame_loses_nothing(raw: str, finish: str | None) -> None:
    parts = split(raw, finish)
    assert unframe(frame(raw, parts), parts.reasoning, parts.response) == raw


@given(st.none() | TEXT, TEXT)
def test_a_row_gives_its_draft_back(reasoning: str | None, content: str) -> None:
    draft = Draft(reasoning, content)
    parts, framed = draft.parts("length")
    row = {"frame": framed, "reasoning": parts.reasoning, "response": parts.response}
    assert restored(row) == draft


@pytest.mark.parametrize(
    ("reasoning", "content"), [("\na\n", "\n\nb"), ("a", "b"), ("\na\n", ""), ("a", "")]
)
def test_the_text_of_fields_has_the_tags_line_ends_once(reasoning: str, content: str) -> None:
    text = Draft(reasoning, content).text()
    assert text.startswith("<think>\na")
    assert "\n\na" not in text
    assert not content or text.endswith("a\n</think>\n\nb")


def test_most_traces_share_one_frame() -> None:
    frames = {
        Draft(None, f"<think>\nthought {n}\n</think>\n\nanswer {n}").parts("stop")[1]
        for n in range(50)
    }
    assert frames == {"<think>\n\ue000\n</think>\n\n\ue001"}


def test_a_prefill_belongs_to_the_trace() -> None:
    parts, _ = begun(reply("thinking\n</think>\n\n4"), "<think>\n").parts("stop")
    assert (parts.reasoning, parts.response, parts.dialect) == ("thinking", "4", "think")
    cut, _ = begun(reply("thinking"), "<think>\n").parts("length")
    assert (cut.reasoning, cut.response, cut.state) == ("thinking", "", "truncated")


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ("<|im_end|>\n", "complete"),
        ("<|im_end|>\n<|im_start|>user\nAnd 4+4?", "further_turn"),
        ("\n\nHuman: And 4+4? It is 5.", "further_turn"),
    ],
)
@pytest.mark.parametrize("thought", [None, "2+3"])
def test_an_answer_ends_with_its_turn_and_the_row_gives_all_of_it_back(
    thought: str | None, more: str, state: str
) -> None:
    before = "" if thought else "<think>\n2+3\n</think>\n\n"
    draft = Draft(thought, f"{before}It is 5.{more}")
    parts, framed = draft.parts("stop")
    assert (parts.reasoning, parts.response, parts.state) == ("2+3", "It is 5.", state)
    row = {"frame": framed, "reasoning": parts.reasoning, "response": parts.response}
    assert restored(row) == draft
