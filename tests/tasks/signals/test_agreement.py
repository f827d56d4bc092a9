import pytest

from tasks.signals.agreement import END
from tests.tasks.signals.measured import one


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
    assert one("answers_agree", reasoning, response=response) is agrees


def test_an_answer_far_from_the_end_does_not_count() -> None:
    thought = r"\boxed{8}" + " so" * END
    assert one("answers_agree", thought, response=r"\boxed{7}") is None
