"""Only what is known to mean it is complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.finish_reasons import STATES, UNSAID, ending
from schemas.vocabulary import State


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (None, State.COMPLETE),
        ("stop", State.COMPLETE),
        ("STOP", State.COMPLETE),
        ("FinishReason.STOP", State.COMPLETE),
        ("eos_token", State.COMPLETE),
        ("<|endoftext|>", State.COMPLETE),
        ("MAX_TOKENS", State.TRUNCATED),
        ("model_length", State.TRUNCATED),
        ("length_capped", State.TRUNCATED),
        ("repetition", State.REPETITION),
        ("content_filter", State.FILTERED),
        ("SAFETY", State.FILTERED),
        ("timeout", State.INTERRUPTED),
        ("cancelled", State.INTERRUPTED),
        ("insufficient_system_resource", State.INTERRUPTED),
        ("incomplete", State.INTERRUPTED),
        ("tool_calls", State.UNKNOWN),
        ("whatever", State.UNKNOWN),
        ("error", State.FAILED),
    ],
)
def test_a_word_has_its_state(word: str | None, state: State) -> None:
    assert ending(word) == state


@given(st.text(min_size=1))
def test_a_word_that_nobody_knows_is_not_complete(word: str) -> None:
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    plain = plain.removeprefix("finishreason.").removeprefix("finish_reason_")
    if plain not in {*STATES, *UNSAID}:
        assert ending(word) == State.UNKNOWN
