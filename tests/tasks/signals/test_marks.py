import polars as pl
import pytest

from tasks.signals.marks import inner_marks, inner_marks_of


@pytest.mark.parametrize(
    ("reasoning", "count"),
    [
        ("2+3\n</think>\n\n<think>", 2),
        ("It is 5.<|im_end|>\n<|im_start|>assistant\nNo.", 2),
        ("2+3 is \\boxed{6}? no<|end|><|start|>assistant", 2),
        ("It ends with `</think>`, as `<|im_end|>` ends a turn.", 0),
        ("a < b and b > c, so <i>b</i>", 0),
        ("< THINK >\\n[/THINK]◁think▷", 3),
        ("A.\n\nHuman: And 4?", 1),
        ("", 0),
    ],
)
def test_marks_are_counted_unless_they_are_quoted(reasoning: str, count: int) -> None:
    assert inner_marks_of(reasoning) == count
    frame = pl.DataFrame({"reasoning": [None, reasoning, "a"]}, schema={"reasoning": pl.String})
    assert inner_marks(frame).to_list() == [0, count, 0]
