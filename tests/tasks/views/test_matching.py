import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.views.matching import greedy

COMBINATIONS = st.lists(
    st.tuples(st.sampled_from("pq"), st.integers(0, 4), st.integers(5, 9)), unique=True
)


def frame(rows: list[tuple[str, int, int]]) -> pl.DataFrame:
    named = [(p, f"{p}{a}", f"{p}{b}") for p, a, b in rows]
    columns = ["problem_id", "trace_id", "fixed_id"]
    return pl.DataFrame(named, schema=dict.fromkeys(columns, pl.String), orient="row")


def test_the_best_comes_first_and_takes_its_traces() -> None:
    kept = greedy(frame([("p", 1, 6), ("p", 1, 7), ("p", 2, 6), ("p", 2, 7)]), ["fixed"], None)
    assert kept.rows() == [("p", "p1", "p6"), ("p", "p2", "p7")]


@given(COMBINATIONS, st.none() | st.integers(1, 3))
def test_no_trace_twice_and_nothing_left_that_would_fit(
    rows: list[tuple[str, int, int]], keep: int | None
) -> None:
    kept = greedy(frame(rows), ["fixed"], keep)
    used = [*kept["trace_id"], *kept["fixed_id"]]
    assert len(set(used)) == len(used)
    per = dict(kept["problem_id"].value_counts().iter_rows())
    assert all(count <= (keep or 99) for count in per.values())
    for problem, *traces in frame(rows).iter_rows():
        assert not set(used).isdisjoint(traces) or per.get(problem) == keep
