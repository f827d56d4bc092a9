import polars as pl
import pytest

from tasks.signals.readings.steps import step_heads
from tests.tasks.signals.measured import measured, one

THOUGHT = """Okay, so the problem asks for the sum of two numbers.

Let me add them one by one.

Adding gives 2 + 3 = 5, since 3 is 1 + 2.

\\[ 2 + 3 = 5 \\]

Wait, that might be wrong.

Let me double-check by counting: 1, 2, 3, 4, 5.

Alternatively, we could use a table.

So the answer is 5."""


def test_steps_are_told_by_what_they_do() -> None:
    names = [f"{k}_steps" for k in "restate plan compute verify backtrack conclude".split()]
    found = measured("steps", "branches", *names, thought=THOUGHT)
    assert found == {
        "steps": 7, "branches": 1, "restate_steps": 1, "plan_steps": 2, "compute_steps": 1,
        "verify_steps": 1, "backtrack_steps": 1, "conclude_steps": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("We add. Wait, no.\n\nSo it is 5.", ["we add.", "wait, no.", "so it is 5."]),
        ("Then:\n\n```python\na = 1\n\nb = 2\n```\n\nDone.", ["then:", "done."]),
        ("We list:\n\n- a\n\n- b\n\nSo two.", ["we list:", "so two."]),
        ("**Step 1:** Add.\n\n$$ 1 + 1 $$\n\n## Step 2", ["step 1:** add.", "step 2"]),
        ("One line.\nAnother line.", ["one line.", "another line."]),
        ("先求和。\n\n然后平方。", ["先求和。", "然后平方。"]),
        ("", []),
    ],
)
def test_a_thought_is_cut_into_steps(text: str, heads: list[str]) -> None:
    assert [h.strip() for h in step_heads(pl.Series([text]))["head"]] == heads


def test_a_trace_without_a_thought_is_cut_by_its_response() -> None:
    assert one("steps", None, response="We add.\n\nSo it is 5.") == 2
    assert one("steps", None) == 0
