from typing import Any

import pytest

from schemas.errors import QueryError
from schemas.recipe.views import View
from tasks.views.check import check_views


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ({"where": "verdcit = 'correct'"}, ["where", "verdcit", "did you mean `verdict`?"]),
        ({"columns": {"x": "lenght(problem)"}}, ["columns.x", "lenght"]),
        ({"columns": ["teacher"]}, ["sft has a column `teacher` already"]),
        ({"system": "{{ domian }}"}, ["`system`", "domian", "a row has", "domain"]),
        ({"system": "{% if %}"}, ["`system`", "Expected an expression"]),
        ({"format": "unpaired", "columns": {"label": "tokens.x"}}, ["columns.label"]),
    ],
)
def test_a_mistake_is_told_before_a_row_is_computed(view: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(QueryError) as refused:
        check_views({"v": View.model_validate(view)})
    assert str(refused.value).startswith("view v: ")
    assert all(words in str(refused.value) for words in told), refused.value


@pytest.mark.parametrize("name", ["sft", "midtrain", "rlvr", "unpaired", "alpaca", "sharegpt"])
def test_every_format_is_well_and_carries_columns(name: str) -> None:
    check_views({name: View.model_validate({"columns": {"rate": "pass_rate * 2"}})})
