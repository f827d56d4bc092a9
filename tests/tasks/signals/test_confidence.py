from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals.confidence import MAYBE, NEARLY, STATED, confidence_of
from tests.tasks.signals.measured import one
from tests.tasks.signals.test_real import traces


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("So it is 5. I'm 90% confident.", 0.9),
        ("I am about 95\\% certain.", 0.95),
        ("The answer is B (80% certain).", 0.8),
        ("I’d say I’m roughly 70% sure.", 0.7),
        ("Confidence: 0.85", 0.85),
        ("**Confidence:** 90%", 0.9),
        ("Overall confidence: 95 percent", 0.95),
        ("Confidence: 9 out of 10", 0.9),
        ("Confidence: 90.", 0.9),
        ("My confidence level is 8/10.", 0.8),
        ("My confidence in this answer is 0.6.", 0.6),
        ('{"answer": 5, "confidence": 0.7}', 0.7),
        ("<confidence>80</confidence>", 0.8),
        ("Guess: Paris\n\nProbability: 0.9", 0.9),
        ("I'm 60% sure. Wait, that holds: I'm 99% sure.", 0.99),
    ],
)
def test_the_confidence_that_is_stated_last_is_read(text: str, said: float) -> None:
    assert one("confidence", None, response=text) == pytest.approx(said)


@pytest.mark.parametrize(
    "text",
    [
        "But I'm not 100% sure.",
        "To be 100% sure, let me check.",
        "Then he is 100% sure to get a good box.",
        "A 95% confidence interval is (2, 3).",
        "Confidence level: 95%",
        "With 95% confidence, the mean lies in it.",
        "The probability is 0.3.",
        "Probability: 0.3",
        "That gives me confidence that 35.06 is correct.",
        "I'm 110% sure.",  # more than certain
        "Confidence: 5",  # of what?
        "Confidence: 2020",
        "",
    ],
)
def test_what_says_nothing_of_the_answer_is_no_confidence(text: str) -> None:
    assert one("confidence", None, response=text) is None


@given(
    st.integers(0, 100),
    st.sampled_from(["I'm {}% sure.", "Confidence: {}%", "<confidence>{}%</confidence>"]),
)
def test_a_percentage_is_a_hundredth(percent: int, form: str) -> None:
    assert one("confidence", None, response=form.format(percent)) == pytest.approx(percent / 100)


@given(st.text(st.sampled_from("I'm am 90.5%/<>confidence: sure\n*\"guessprobability")))
def test_the_hints_miss_nothing(text: str) -> None:
    value = confidence_of(text)
    hints = all(pl.Series([text]).str.contains(hint)[0] for hint in (MAYBE, NEARLY))
    assert value is None or (0 <= value <= 1 and hints)


@given(st.from_regex(STATED))
def test_what_is_stated_is_nearly_so_in_the_words_of_polars(text: str) -> None:
    if STATED.search(text):
        assert pl.Series([text]).str.contains(NEARLY)[0]


def test_confidence_of_real_traces_was_read_by_eye(real_data: Path) -> None:
    """Of 32,410 traces one states its confidence in a number; the others speak of it otherwise:
    `not 100% sure`, `more confidence`, `to be 100% sure`.
    """
    frame = traces(real_data, 10**6)
    spoken = frame.filter(
        pl.concat_str("reasoning", "response", ignore_nulls=True).str.contains(MAYBE)
    )
    found = [
        (row["trace_id"].split(":")[0], value)
        for row in spoken.iter_rows(named=True)
        if (value := confidence_of(f"{row['reasoning'] or ''}\n{row['response']}")) is not None
    ]
    assert found == [("traces_lineage_2025h2.jsonl.zst", 0.99)]
