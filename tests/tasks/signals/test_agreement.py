import pytest

from tasks.signals.agreement import END, agree


@pytest.mark.parametrize(
    ("reasoning", "response", "agrees"),
    [
        (r"So \boxed{7}.", r"\boxed{7}", True),
        (r"So \boxed{8}.", r"\boxed{7}", False),
        (r"First \boxed{8}? No, \boxed{7}.", r"\boxed{7}", True),
        ("That makes 7 in all.", r"\boxed{7}", True),
        ("Let me think.", r"\boxed{7}", None),
        (None, r"\boxed{7}", None),
        ("", r"\boxed{7}", None),
        (r"\boxed{7}", "", None),
    ],
)
def test_the_last_answers_are_compared(
    reasoning: str | None, response: str, agrees: bool | None
) -> None:
    assert agree(reasoning, response) is agrees


def test_an_answer_far_from_the_end_does_not_count() -> None:
    assert agree(r"\boxed{8}" + " so" * END, r"\boxed{7}") is None
