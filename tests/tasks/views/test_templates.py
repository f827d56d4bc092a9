import pytest

from schemas.errors import LongcotError
from tasks.views.templates import rendered

ROWS = [{"reasoning": "hm", "domain": "math"}, {"reasoning": None, "domain": "code"}]
SIDES = [{"wrong": {"response": "a"}, "domain": "math"}]


def test_it_knows_its_row_and_is_none_where_it_says_nothing() -> None:
    text = "{{ 'Think about ' ~ domain if reasoning }}"
    assert rendered("system", text, ROWS, ROWS[0]) == ["Think about math", None]


@pytest.mark.parametrize("text", ["{{ domian }}", "{% if %}", "{{ domain.missing.more }}"])
def test_what_is_wrong_is_told_with_what_there_is(text: str) -> None:
    with pytest.raises(LongcotError, match=r"`system`: .*a row has domain, reasoning"):
        rendered("system", text, ROWS, ROWS[0])


def test_a_part_that_a_role_does_not_have_is_told_before_there_are_rows() -> None:
    parts = {"wrong": ["response", "text"]}
    assert rendered("x", "{{ wrong.response }}", SIDES, SIDES[0], parts) == ["a"]
    with pytest.raises(LongcotError, match=r"no wrong\.respons \(there are response, text\)"):
        rendered("x", "{{ wrong.respons }}", [], SIDES[0], parts)
