"""Votes are counted by what is equal, whatever the order of the samples."""

from collections import Counter
from collections.abc import Sequence
from math import log

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.verdicts.vote import Election, Pair, elected, grouped, nats, tally

EQUAL = {"1/2": "half", "0.5": "half", "50%": "half"}
ANSWERS = st.lists(
    st.tuples(st.sampled_from("pq"), st.sampled_from(["1/2", "0.5", "50%", "2", "3"])), max_size=12
)


def same(pairs: Sequence[Pair]) -> list[bool]:
    return [EQUAL.get(one, one) == EQUAL.get(other, other) for _, one, other in pairs]


def samples(given: Sequence[tuple[str, str]], verdict: str = "undecided") -> pl.DataFrame:
    rows = [(p, f"{p}{n:02}", answer, verdict) for n, (p, answer) in enumerate(given)]
    columns = ["problem_id", "trace_id", "answer", "verdict"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def test_equal_answers_stand_together_and_the_commonest_text_speaks_for_them() -> None:
    given = [("p", a) for a in ("0.5", "2", "1/2", "0.5", "2", "50%")]
    (row,) = tally(samples(given), same).to_dicts()
    assert row["voters"] == ["p00", "p02", "p03", "p05"]
    del row["voters"]
    assert row.pop("entropy") == pytest.approx(-(4 / 6 * log(4 / 6) + 2 / 6 * log(2 / 6)))
    assert row == {
        "problem_id": "p", "answer": "0.5", "count": 4, "votes": 6, "share": 4 / 6, "groups": 2,
        "tied": False, "agrees": None,
    }  # fmt: skip


@given(drawn=ANSWERS)
def test_order_changes_nothing_and_votes_add_up(drawn: list[tuple[str, str]]) -> None:
    once = tally(samples(drawn), same)
    rows = samples(drawn).sample(fraction=1, shuffle=True, seed=len(drawn))
    assert tally(rows, same).equals(once)
    for row in once.iter_rows(named=True):
        own = Counter(EQUAL.get(a, a) for p, a in drawn if p == row["problem_id"])
        assert row["count"] == max(own.values()) == len(row["voters"])
        assert row["votes"] == own.total()
        assert row["groups"] == len(own)
        assert 0 <= row["entropy"] <= log(len(own)) + 1e-9
        assert (row["entropy"] == 0) == (len(own) == 1)
        assert row["tied"] == (Counter(own.values())[row["count"]] > 1)


def test_equality_goes_round() -> None:
    known = {("a", "b"): True, ("b", "c"): True, ("a", "c"): False}
    assert grouped(Counter("abc"), known) == [["a", "b", "c"]]


def test_a_majority_agrees_with_the_gold_where_one_of_it_does() -> None:
    right = samples([("p", "0.5")], "correct")
    more = samples([("p", "1/2"), ("p", "2")], "undecided").with_columns(
        trace_id="x" + pl.col("trace_id")
    )
    assert tally(pl.concat([right, more]), same)["agrees"].to_list() == [True]
    assert tally(samples([("p", "2")], "incorrect"), same)["agrees"].to_list() == [False]


def test_a_gold_is_elected_where_there_is_none_by_enough_votes_and_no_tie() -> None:
    given = [("p", "2"), ("p", "2"), ("p", "3"), ("q", "2"), ("q", "3"), ("r", "2"), ("r", "2")]
    votes = tally(samples(given), same)
    without = pl.Series(["p", "q"])
    won = elected(votes, without, Election(2, 0.5), "majority")
    assert won.rows() == [("p", "2", "majority")]
    assert elected(votes, without, Election(1, 0.5), "majority")["problem_id"].to_list() == ["p"]
    assert elected(votes, without, Election(3, 0.5), "majority").is_empty()
    assert elected(votes, without, Election(0, 0.1), "majority").is_empty()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_entropy_is_of_shares_and_grows_where_a_group_splits(sizes: list[int]) -> None:
    assert nats(sizes) == pytest.approx(nats([3 * size for size in sizes]))
    assert nats(sizes) == pytest.approx(nats(sizes[::-1]))
    assert nats([*sizes, *sizes]) == pytest.approx(nats(sizes) + log(2))
    assert nats([1] * sum(sizes)) >= nats(sizes) - 1e-9
