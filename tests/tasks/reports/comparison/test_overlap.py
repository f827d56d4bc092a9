from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.reports.comparison.overlap import overlaps, shared

IDS = st.lists(st.sampled_from("abcdefgh"), max_size=12)
ROW = st.tuples(st.sampled_from("pqrst"), st.lists(st.sampled_from("abcdef"), max_size=3))
SIDES = st.dictionaries(st.sampled_from("xyz"), st.lists(ROW, max_size=8), min_size=2)


def frame(rows: list[tuple[str, list[str]]]) -> pl.DataFrame:
    schema = {"problem_id": pl.String, "traces": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def turned(row: dict[str, Any]) -> dict[str, Any]:
    """The same overlap seen from the other side."""
    return {
        "one": row["other"],
        "other": row["one"],
        **{
            unit: {
                "both": row[unit]["both"],
                "of_one": row[unit]["of_other"],
                "of_other": row[unit]["of_one"],
                "jaccard": row[unit]["jaccard"],
            }
            for unit in ("problems", "traces")
        },
    }


@given(SIDES)
def test_an_overlap_is_the_same_from_both_sides(
    sides: dict[str, list[tuple[str, list[str]]]],
) -> None:
    frames = {name: frame(rows) for name, rows in sides.items()}
    there = {(row["one"], row["other"]): row for row in overlaps(frames)}
    back = {(r["one"], r["other"]): r for r in overlaps(dict(reversed(frames.items())))}
    assert len(there) == len(sides) * (len(sides) - 1) / 2
    assert {(b, a): turned(row) for (a, b), row in there.items()} == back


@given(SIDES)
def test_it_counts_what_sets_count(sides: dict[str, list[tuple[str, list[str]]]]) -> None:
    for row in overlaps({name: frame(rows) for name, rows in sides.items()}):
        one, other = sides[row["one"]], sides[row["other"]]
        problems = [{problem for problem, _ in rows} for rows in (one, other)]
        traces = [{trace for _, own in rows for trace in own} for rows in (one, other)]
        for unit, (a, b) in (("problems", problems), ("traces", traces)):
            assert row[unit]["both"] == len(a & b)
            for name, whole in (("of_one", a), ("of_other", b), ("jaccard", a | b)):
                assert row[unit][name] == (len(a & b) / len(whole) if whole else None)


@given(IDS)
def test_a_side_has_all_of_itself(ids: list[str]) -> None:
    own = pl.Series(sorted({*ids}), dtype=pl.String)
    share = 1.0 if ids else None
    found = shared(own, own)
    assert found == {"both": len(own), "of_one": share, "of_other": share, "jaccard": share}
