"""What a trace's `content` says: the same as ever where it is read as ever, another where not."""

from typing import Any

import pytest

from schemas.identity import digest
from schemas.recipe.teachers import Recorded
from tasks.generation.recorded import trace_row

TEACHER = Recorded(name="r1", recorded="t.jsonl")
SINCE = {"frame", "reasoning", "response", "content"}
"""Columns that the first pools' `content` did not cover."""


def as_in_first_pools(**content: Any) -> bool:
    row = trace_row(TEACHER, {"problem": "p", **content})
    facts = {key: value for key, value in row.items() if key not in SINCE}
    return bool(row["content"] == digest(facts))


@pytest.mark.parametrize(
    "trace",
    [
        "5",
        "<think>a</think>5",
        "a</think>5",
        "<think>a",
        "<think>a <think> b</think>c</think> 5",
        "<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>5<|end_of_solution|>",
        "",
    ],
)
def test_what_was_read_then_keeps_its_content(trace: str) -> None:
    assert as_in_first_pools(trace=trace)
    assert as_in_first_pools(reasoning="a ", response=" 5")


@pytest.mark.parametrize(
    "content",
    [
        {"trace": "<think>a</thought>5"},
        {"trace": "<thinking>a</thinking>5"},
        {"trace": "[THINK]a[/THINK]5"},
        {"trace": "<think>a</think>5<|im_end|>"},
        {"reasoning": "<think>a</think>", "response": "5"},
    ],
)
def test_what_was_misread_has_another(content: dict[str, Any]) -> None:
    assert not as_in_first_pools(**content)


def test_two_readings_of_one_text_have_two_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"problem": "p", "trace": "<thinking>a</thinking>5"}
    now = trace_row(TEACHER, content)
    monkeypatch.setattr("tasks.generation.recorded.reads_as_ever", lambda *_: True)
    assert now["content"] != trace_row(TEACHER, content)["content"]
