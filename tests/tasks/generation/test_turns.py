import pytest

from schemas.vocabulary import State
from tasks.generation.turns import ended, first_turn
from tasks.llm.reasoning_parser import split, unframe


@pytest.mark.parametrize(
    "token",
    ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<｜end▁of▁sentence｜>", "<end_of_turn>", "</s>"],
)
def test_a_token_that_ends_a_turn_ends_the_response(token: str) -> None:
    assert ended(f"It is 5.{token}") == ("It is 5.", False)
    assert ended(f"It is 5.{token}\n{token}\n") == ("It is 5.", False)


@pytest.mark.parametrize(
    "more",
    [
        "<|im_end|>\n<|im_start|>user\nWhat is 4+4?",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhat is 4+4?",
        "\n\nHuman: What is 4+4?",
        "<｜User｜>What is 4+4?",
        "[INST] What is 4+4? [/INST]",
    ],
)
def test_a_turn_of_the_user_is_cut_and_told(more: str) -> None:
    assert ended(f"It is 5.{more}") == ("It is 5.", True)


@pytest.mark.parametrize(
    "text", ["It is 5.", "write `<|im_end|>` there", "a < b | c > d", "the user: me", "<s>no</s> x"]
)
def test_what_only_speaks_of_it_stays(text: str) -> None:
    assert ended(text) == (text, False)


def test_what_is_cut_stays_in_the_frame() -> None:
    raw = "<think>\n2+3\n</think>\n\nIt is 5.<|im_end|>\n<|im_start|>user\nAnd 4?"
    parts, framed = first_turn(split(raw), raw)
    assert (parts.reasoning, parts.response, parts.state) == ("2+3", "It is 5.", State.FURTHER_TURN)
    assert framed is not None and unframe(framed, parts.reasoning, parts.response) == raw
    assert first_turn(split("<think>a</think>5"), "<think>a</think>5")[1] is None
