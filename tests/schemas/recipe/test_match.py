from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.recipe.match import conditions, share
from schemas.recipe.views import View

PAIR = {"chosen": "true", "rejected": "true"}
COUNTS = st.none() | st.integers(0, 10**9)
PERCENT = st.decimals(0, 100, places=2).map(lambda number: f"within {number:f} %")


def holds(sql: str, **roles: int | None) -> bool:
    values = ", ".join(f"{{'tokens': ${role}::BIGINT}} AS \"{role}\"" for role in roles)
    (row,) = duckdb.execute(
        f"SELECT coalesce({sql}, false) FROM (SELECT {values})", roles
    ).fetchall()
    return bool(row[0])


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS, PERCENT)
def test_two_numbers_are_within_a_share_of_the_larger(
    one: int | None, other: int | None, told: str
) -> None:
    (sql,) = conditions({"tokens": told}, ["a", "b"]).values()
    plain = False
    if one is not None and other is not None:
        plain = abs(one - other) <= share(told) * max(one, other)
    assert holds(sql, a=one, b=other) == holds(sql, a=other, b=one) == plain


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3), PERCENT)
def test_of_three_roles_any_two_are_within_it(numbers: list[int], told: str) -> None:
    (sql,) = conditions({"tokens": told}, ["a", "b", "c"]).values()
    apart = max(numbers) - min(numbers) <= share(told) * max(numbers)
    assert holds(sql, **dict(zip("abc", numbers, strict=True))) == apart


def test_the_bound_itself_is_within() -> None:
    (sql,) = conditions({"tokens": "within 20 %"}, ["a", "b"]).values()
    assert holds(sql, a=80, b=100)
    assert not holds(sql, a=79, b=100)
    assert not holds(sql, a=None, b=100)


def test_several_columns_all_have_to_hold_and_sql_stays_what_it_is() -> None:
    view = View.model_validate(
        {**PAIR, "match": {"tokens": "within 5%", "own.level": "within 0 %"}}
    )
    assert list(view.matches()) == ["tokens", "own.level"]
    assert '"rejected".own.level' in view.matches()["own.level"]
    assert View.model_validate({**PAIR, "match": "true"}).matches() == {"": "true"}
    assert View().matches() == {}


@pytest.mark.parametrize("told", ["within 12.5 %", "within 12.5%"])
def test_a_blank_before_the_sign_is_nothing(told: str) -> None:
    assert share(told) == Decimal("0.125")


@pytest.mark.parametrize(
    ("match", "told"),
    [
        ({"tokens": "20 %"}, "tokens: `20 %` is not `within 20 %`"),
        ({"tokens": 20}, "tokens: `20` is not `within 20 %`"),
        ({"tokens": "within 101 %"}, "tokens: `within 101 %`: at most `within 100 %`"),
        ({"tokens - 1": "within 5 %"}, "`tokens - 1` is no column"),
        ({}, "`match` is SQL, or columns"),
        (["tokens"], "`match` is SQL, or columns"),
    ],
)
def test_what_is_no_match_is_refused(match: Any, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        View.model_validate({**PAIR, "match": match})
    assert told in str(refused.value)
