import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.extract.reasoning import _TAG, _TOKEN, _angled, take_apart


@pytest.mark.parametrize(
    ("text", "reasoning", "response"),
    [
        ("<think>a<\\think>b", "a", "b"),
        ("&lt;think&gt;a&lt;/think&gt;b", "a", "b"),
        ("<think>a, then `</think>`</think>b", "a, then `</think>`", "b"),
        ("<think>a</think>write `</think>` here", "a", "write `</think>` here"),
        ("<think>```a```</think>```b```", "```a```", "```b```"),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b",
            "a",
            "b",
        ),
    ],
    ids=["wrong slash", "escaped", "quoted in the thought", "quoted after it", "fences", "harmony"],
)
def test_a_thought_ends_at_its_mark(text: str, reasoning: str, response: str) -> None:
    found = take_apart(text)
    assert (found.reasoning, found.response, found.closed) == (reasoning, response, True)


def test_a_mark_that_is_only_quoted_closes_nothing() -> None:
    assert not take_apart("<think>it ends with `</think>`, so").closed


def test_an_escaped_mark_in_the_middle_is_what_the_text_speaks_of() -> None:
    text = "Write &lt;think&gt;a&lt;/think&gt; in the page."
    assert take_apart(text).reasoning is None


PIECES = [*"<>|/\\ \n`", "</", "<|", "|>", "Think", "think", "reason", "<|channel|>analysis",
          "<|channel|>final", "<|message|>", "end_of_thought", "<unused95>", "a"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_marks_are_found_where_a_search_by_expressions_finds_them(text: str) -> None:
    tags = [tag.span() for tag in _TAG.finditer(text) if tag["slash"] or tag["end"]]
    tokens = [token.span() for token in _TOKEN.finditer(text)]
    assert sorted((mark.start, mark.end) for mark in _angled(text)) == sorted(tags + tokens)
