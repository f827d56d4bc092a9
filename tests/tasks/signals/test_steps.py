import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals.readings.steps import KINDS, TOLD, step_heads
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
        ("```text\nWe add.\nSo it is 5.\n```", ["we add.", "so it is 5."]),
        ("<think>\nOkay, we add.\n\nSo 5.", ["okay, we add.", "so 5."]),
        ("<|begin_of_thought|>\n\nWe add.", ["we add."]),
        ("<think>", []),
        ('```json\n{\n    "reasoning": "First, we add.', ["first, we add."]),
        ("One line.\nAnother line.", ["one line.", "another line."]),
        ("先求和。\n\n然后平方。", ["先求和。", "然后平方。"]),
        ("", []),
    ],
)
def test_a_thought_is_cut_into_steps(text: str, heads: list[str]) -> None:
    assert [h.strip() for h in step_heads(pl.Series([text]))["head"]] == heads


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("Hmm, how do I approach this?", "plan"),  # thinking, and nothing taken back
        ("Hmm, wait, that is 6.", "backtrack"),
        ("But, just to be absolutely sure, let me compute it again.", "verify"),
        ("First, we need to find the largest square.", "plan"),
        ("So, we need to find the largest square.", "restate"),
        ('Another example: "cond -128" gives 128.', "compute"),
        ("A: 136", "conclude"),
        ("I think I've got it. <answer>1</answer>", "conclude"),
        ("Therefore, the area is 6.", "compute"),  # of more to come
        ("Alternatively, maybe the answer is 6.", "plan"),
        ("Wait for the rope to burn, which takes 30 minutes.", "compute"),
        ("Let's see: if 3k = 8, then k = 8/3.", "compute"),
        ("Given that, he has 3 left.", "compute"),
        ("Given that, I think the conclusion is that he has 3.", "conclude"),
        ("That seems correct.", "verify"),
        ("Is that possible?", "verify"),
        ("According to the problem, she sold them for $3.", "restate"),
        ("So I have this equation to solve: x + 1 = 2.", "restate"),
        ("## Approach", "plan"),
        ("Here's how to solve the problem step by step:", "plan"),
        ("But it burns for an hour, so perhaps that's the answer.", "conclude"),
    ],
)
def test_a_step_of_real_traces_is_told_as_a_reader_tells_it(step: str, kind: str) -> None:
    kinds = [f"{k}_steps" for k in "restate plan compute verify backtrack conclude".split()]
    found = measured(*kinds, thought=f"{step}\n\nWe go on.")
    assert found[f"{kind}_steps"] - (kind == "compute") == 1, found


def test_the_last_step_that_concludes_states_the_answer_or_that_there_is_none() -> None:
    assert one("conclude_steps", "We halve it.\n\nTherefore, the area is 6.") == 1
    assert one("conclude_steps", "We halve it.\n\nHowever, we cannot determine the area.") == 1


def stated(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern.replace("(?-u:\\b)", "\\b"), fullmatch=False)


@given(st.one_of([stated(pattern) for _, pattern in KINDS]))
def test_the_hint_misses_no_kind(head: str) -> None:
    heads = pl.Series([head])
    if any(heads.str.contains(pattern)[0] for _, pattern in KINDS):
        assert heads.str.contains(TOLD)[0]


def test_a_trace_without_a_thought_is_cut_by_its_response() -> None:
    assert one("steps", None, response="We add.\n\nSo it is 5.") == 2
    assert one("steps", None) == 0
