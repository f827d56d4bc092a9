import re

import pytest

from schemas.errors import MistakesError
from tasks.views.templates import rendered

ROWS = [{"reasoning": "hm", "domain": "math"}, {"reasoning": None, "domain": "code"}]
SIDES = [{"wrong": {"response": "a"}, "domain": "math"}]


def test_it_knows_its_row_and_is_none_where_it_says_nothing() -> None:
    text = "{{ 'Think about ' ~ domain if reasoning }}"
    assert rendered(("system",), text, ROWS, ROWS[0]) == ["Think about math", None]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ domian }}", "there is no `domian`; did you mean `domain`?"),
        ("{{ x }}", "there is no `x`; there are domain, reasoning"),
        ("{% if %}", "Expected an expression, got 'end of statement block'"),
        ("{{ domain.missing.more }}", "'str object' has no attribute 'missing'"),
    ],
)
def test_what_is_wrong_is_told_with_what_there_is(text: str, told: str) -> None:
    with pytest.raises(MistakesError, match=re.escape(f"system: {told}")):
        rendered(("system",), text, ROWS, ROWS[0])


def test_a_part_that_a_role_does_not_have_is_told_before_there_are_rows() -> None:
    parts = {"wrong": ["response", "text"]}
    assert rendered(("x",), "{{ wrong.response }}", SIDES, SIDES[0], parts) == ["a"]
    with pytest.raises(MistakesError, match=r"no `wrong\.respons`; did you mean `response`\?"):
        rendered(("x",), "{{ wrong.respons }}", [], SIDES[0], parts)
