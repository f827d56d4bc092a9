import pytest

from verifiers.extract.reasoning import take_apart


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
