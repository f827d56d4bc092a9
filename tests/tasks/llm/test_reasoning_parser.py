import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import State
from tasks.llm.reasoning_parser import Parts, fields, join, split

THOUGHT = "<|begin_of_thought|>\na\n<|end_of_thought|>\n\n"
SOLUTION = "<|begin_of_solution|>\nb\n<|end_of_solution|>"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<think>\na\n</think>\n\nb", Parts("a", "b", State.COMPLETE, "think")),
        (THOUGHT + SOLUTION, Parts("a", "b", State.COMPLETE, "thought")),
        ("just b", Parts(None, "just b", State.COMPLETE, "none")),
        ("a\n</think>\nb", Parts("a", "b", State.COMPLETE, "unopened")),
        ("a <|end_of_thought|> b", Parts("a", "b", State.COMPLETE, "unopened")),
    ],
    ids=["think", "thought", "none", "unopened", "unopened thought"],
)
def test_the_four_dialects(text: str, parts: Parts) -> None:
    assert split(text) == parts


@pytest.mark.parametrize("tag", ["</think", "<|end_of_thought|"])
def test_a_closing_tag_may_have_lost_its_last_character(tag: str) -> None:
    assert split(f"a{tag}\nb")[:2] == ("a", "b")
    assert split(f"<think>a{tag}").state == State.EMPTY


def test_a_solution_tag_may_have_lost_its_last_character() -> None:
    text = THOUGHT + SOLUTION.removesuffix(">")
    assert split(text).response == "b"


def test_a_word_that_begins_like_a_tag_closes_nothing() -> None:
    assert split("<think>a </thinking> b").state == State.UNCLOSED


def test_the_last_closing_tag_ends_the_reasoning() -> None:
    parts = split("<think>I write </think> when done. </think>\n7")
    assert parts.response == "7"
    assert parts.reasoning == "I write </think> when done."


def test_what_stands_before_the_tag_belongs_to_the_reasoning() -> None:
    assert split("Sure. <think>a</think>b").reasoning == "Sure. a"


def test_an_opening_tag_in_the_response_stays_there() -> None:
    parts = split("a</think>Use <think> tags.")
    assert (parts.response, parts.dialect) == ("Use <think> tags.", "unopened")


def test_only_one_opening_tag_is_taken() -> None:
    assert split("<think><think>a</think>b").reasoning == "<think>a"


@pytest.mark.parametrize(
    ("text", "finish", "state"),
    [
        ("<think>a</think>b", "stop", State.COMPLETE),
        ("<think>a</think>b", None, State.COMPLETE),
        ("<think>a</think>b", "length", State.TRUNCATED),
        ("<think>a", "length", State.TRUNCATED),
        ("b", "LENGTH", State.TRUNCATED),
        ("b", "max_tokens", State.TRUNCATED),
        ("<think>a", "stop", State.UNCLOSED),
        ("<think>a</think>", "stop", State.EMPTY),
        ("<think></think>", None, State.EMPTY),
        ("<think>", None, State.EMPTY),
        ("", None, State.EMPTY),
        (" \n", "length", State.EMPTY),
        ("b", "error", State.FAILED),
        ("", "content_filter", State.FILTERED),
        ("<think>a</think>b", "repetition", State.REPETITION),
        ("<think>a</think>b", "eos_token", State.COMPLETE),
        ("b", "new_word", State.UNKNOWN),
        ("<think>\n</think>\n\nb", "stop", State.COMPLETE),
    ],
)
def test_states(text: str, finish: str | None, state: State) -> None:
    assert split(text, finish).state == state


@pytest.mark.parametrize(
    ("reasoning", "response", "state"),
    [
        ("a", "b", State.COMPLETE),
        (None, "b", State.COMPLETE),
        ("a", "", State.UNCLOSED),
        ("", " ", State.EMPTY),
        (None, "", State.EMPTY),
    ],
)
def test_parts_that_come_apart_are_joined(
    reasoning: str | None, response: str, state: State
) -> None:
    assert join(reasoning, response, "stop").state == state


PLAIN = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"]))


@given(PLAIN, PLAIN)
def test_what_was_marked_is_found_again(reasoning: str, response: str) -> None:
    parts = split(f"<think>\n{reasoning}\n</think>\n\n{response}")
    assert (parts.reasoning, parts.response) == (reasoning.strip(), response.strip())


@given(st.text("<>/think|_ofbeginsldu \n"), st.sampled_from([None, "stop", "length", "error"]))
def test_any_text_comes_apart(text: str, finish: str | None) -> None:
    parts = split(text, finish)
    assert parts.state in State
    assert parts.response == parts.response.strip()
    assert (parts.reasoning is None) == (parts.dialect == "none")


@pytest.mark.parametrize(
    ("reasoning", "response", "parts"),
    [
        ("<think>\na\n</think>", "5", ("a", "5", State.COMPLETE)),
        ("a", "<think>\na\n</think>\n\n5", ("a", "5", State.COMPLETE)),
        ("a", "<think>\n</think>\n\n5", ("a", "5", State.COMPLETE)),
        ("a", "<think>b</think>5", ("a\n\nb", "5", State.COMPLETE)),
        (None, "<think>b</think>5", ("b", "5", State.COMPLETE)),
        ("a", "", ("a", "", State.UNCLOSED)),
        (None, "5", (None, "5", State.COMPLETE)),
    ],
)
def test_a_thought_that_stands_twice_is_one(
    reasoning: str | None, response: str, parts: tuple[str | None, str, State]
) -> None:
    assert fields(reasoning, response, "stop")[:3] == parts
