import pytest

from schemas.errors import QueryError
from tasks.query.rows_about import choice_of


@pytest.mark.parametrize("over", ["problems", "traces"])
def test_ids_stand_in_every_choice_and_are_not_chosen_twice(over: str) -> None:
    plain = choice_of(over, None, {"domain"})
    assert choice_of(over, None, {"domain", "problem_id", plain.key}) == plain


@pytest.mark.parametrize("place", ["row", "shard"])
def test_where_a_row_stands_is_not_what_it_says(place: str) -> None:
    with pytest.raises(QueryError, match=f"`{place}` is where a row stands"):
        choice_of("traces", None, {place, "verdict"})
