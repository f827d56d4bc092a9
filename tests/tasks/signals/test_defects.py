"""Each defect with what it looks like, and with what only resembles it."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals.defects import JUDGE, JUDGED, PROMPT, PROMPTED, THOUGHT, THOUGHTS
from tests.tasks.signals.measured import one

HAVE = [
    ("special_tokens", "It is 5.<|im_end|>", 1),
    ("special_tokens", "5<｜end▁of▁sentence｜></s>", 2),
    ("response_marks", "</think>So 5. <think>", 2),
    ("leaked_prompt", "Put your final answer within \\boxed{}.", True),
    ("leaked_judge", "This matches the reference answer.", True),
    ("further_turn", "It is 5.\n\nHuman: And 4?", True),
    ("refusal", "I'm sorry, but I can't help with that.", True),
    ("abstention", "The distance cannot be determined.", True),
    ("abstention", "There is not enough information to say.", True),
    ("abstention", "It does not provide information to determine her height.", True),
    ("urls", "See https://a.org/b and www.c.com", 2),
    ("images", "![graph](a.png) and [asy]draw();[/asy]", 3),
    ("placeholders", "The answer is \\boxed{...}", 1),
    ("placeholders", "Dear [insert name],", 1),
    ("damaged_latex", "\x0crac{1}{2} and \x08oxed{5}", 2),
    ("damaged_latex", "\\begin{cases} 1 and \\left( 2", 2),
    ("mojibake", "Itâ€™s 90Â° in cafÃ©", 3),
]
LACK = [
    ("special_tokens", "a < b | c > d"),
    ("response_marks", "I think <b>so</b>"),
    ("leaked_prompt", "I put the answer in a box."),
    ("leaked_judge", "The answer is correct."),
    ("further_turn", "The question: what is 5?"),
    ("refusal", "Sorry, the sum is 5; I cannot simplify it."),
    ("abstention", "We determine x and find enough information."),
    ("urls", "a//b"),
    ("images", "The image of f is R!"),
    ("placeholders", "a[i] < b[j], and so on..."),
    ("damaged_latex", "\\begin{cases} 1 \\end{cases} \\left( 2 \\right) \\leftarrow"),
    ("mojibake", "naïve café, 90°, It’s"),
]


@pytest.mark.parametrize(("name", "text", "value"), HAVE)
def test_a_defect_is_found(name: str, text: str, value: object) -> None:
    assert one(name, None, response=text) == value


@pytest.mark.parametrize(("name", "text"), LACK)
def test_what_resembles_a_defect_is_none(name: str, text: str) -> None:
    assert not one(name, None, response=text)


@pytest.mark.parametrize("name", sorted({name for name, *_ in HAVE}))
def test_a_trace_without_text_has_no_defect(name: str) -> None:
    assert not one(name, None)


HINTS = [(JUDGE, JUDGED), (PROMPT, PROMPTED), (THOUGHTS, THOUGHT)]


@pytest.mark.parametrize(("pattern", "hint"), HINTS)
@given(data=st.data())
def test_a_hint_misses_nothing(pattern: str, hint: str, data: st.DataObject) -> None:
    text = pl.Series([data.draw(st.from_regex(pattern))])
    assert text.str.contains(hint)[0] or not text.str.contains(pattern)[0]
