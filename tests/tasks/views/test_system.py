import polars as pl
import pytest

from schemas.errors import LongcotError
from tasks.views.system import rendered

ROWS = pl.DataFrame({"reasoning": ["hm", None], "domain": ["math", "code"]})


def test_it_knows_its_row_and_is_none_where_it_says_nothing() -> None:
    said = rendered("{{ 'Think about ' ~ domain if reasoning }}", ROWS)
    assert said.to_list() == ["Think about math", None]


@pytest.mark.parametrize("text", ["{{ domian }}", "{% if %}", "{{ domain.missing.more }}"])
def test_what_is_wrong_is_told_with_what_there_is(text: str) -> None:
    with pytest.raises(LongcotError, match=r"`system`: .*a row has domain, reasoning"):
        rendered(text, ROWS)
