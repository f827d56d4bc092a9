import statistics

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.llm.asking.rating import rate

RATINGS = st.lists(st.tuples(st.sampled_from("pqr"), st.none() | st.integers(1, 10)))


@given(RATINGS)
def test_a_rating_is_the_mean_of_those_that_were_given(ratings: list) -> None:
    rows = [(p, None if r is None else f'{{"rating":{r}}}') for p, r in ratings]
    schema = dict.fromkeys(["row_id", "answer"], pl.String)
    found = rate(pl.DataFrame(rows, schema=schema, orient="row"), "m")
    given_to = {p: [r for q, r in ratings if q == p and r] for p, r in ratings}
    assert set(found["problem_id"]) == {p for p, own in given_to.items() if own}
    for row in found.iter_rows(named=True):
        own = given_to[row["problem_id"]]
        assert (row["rater"], row["n"]) == ("m", len(own))
        assert row["rating"] == pytest.approx(statistics.mean(own))
        assert row["sd"] == (pytest.approx(statistics.stdev(own)) if len(own) > 1 else None)
