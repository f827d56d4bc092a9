from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.recipe.mix import Mix
from tasks.views.mix import mixed

SIZES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 60), min_size=1)
SHARES = st.lists(st.floats(0.05, 1), min_size=3, max_size=3)


def rows(view: str, count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "problem_id": [f"{view}{n // 2}" for n in range(count)],
            "trace_id": [f"{view}{n}" for n in range(count)],
            "tokens": [5 + 7 * n % 11 for n in range(count)],
        },
        schema={"problem_id": pl.String, "trace_id": pl.String, "tokens": pl.Int64},
    )


def mix(sizes: dict[str, int], shares: list[float], **more: Any) -> Mix:
    return Mix.model_validate({"of": dict(zip(sizes, shares, strict=False)), **more})


@settings(deadline=None)
@given(SIZES, SHARES, st.integers(1, 200) | st.none(), st.integers(1, 3))
def test_shares_hold_within_a_row(
    sizes: dict[str, int], shares: list[float], asked: int | None, repeat: int
) -> None:
    there = {view: rows(view, count) for view, count in sizes.items()}
    made = mix(sizes, shares, rows=asked, repeat=repeat)
    taken = mixed(there, made, 1)
    counts = {view: len(part) for view, part in taken.items()}
    whole = min(
        asked or 1e9, *(sizes[view] * repeat / share for view, share in made.shares().items())
    )
    for view, share in made.shares().items():
        assert abs(counts[view] - whole * share) < 1
        per = taken[view]["trace_id"].value_counts()["count"]
        assert (per.max() or 0) <= repeat
        assert (per.max() or 0) - (per.min() or 0) <= 1 or per.len() < sizes[view]


@settings(deadline=None)
@given(SIZES, SHARES, st.integers(1, 900))
def test_shares_of_tokens_hold_within_a_row(
    sizes: dict[str, int], shares: list[float], asked: int
) -> None:
    there = {view: rows(view, count) for view, count in sizes.items()}
    made = mix(sizes, shares, tokens=asked)
    taken = mixed(there, made, 1)
    sums = {view: int(part["tokens"].sum()) for view, part in there.items()}
    whole = min(asked, *(sums[view] / share for view, share in made.shares().items()))
    for view, share in made.shares().items():
        assert whole * share - 16 < taken[view]["tokens"].sum() <= whole * share + 1e-6


@settings(deadline=None)
@given(SHARES, st.integers(1, 60), st.integers(1, 60), st.integers(0, 9))
def test_a_smaller_mix_is_part_of_a_larger_one(
    shares: list[float], one: int, other: int, seed: int
) -> None:
    sizes = {"a": 40, "b": 30, "c": 20}
    there = {view: rows(view, count) for view, count in sizes.items()}
    less, more = (
        mixed(there, mix(sizes, shares, rows=size), seed) for size in sorted((one, other))
    )
    for view in sizes:
        assert set(less[view]["trace_id"]) <= set(more[view]["trace_id"])


def test_rows_keep_the_order_of_their_view_and_stand_again_where_told() -> None:
    taken = mixed(
        {"a": rows("a", 5), "b": rows("b", 30)}, mix({"a": 5, "b": 30}, [1, 2], repeat=3), 7
    )
    assert {view: len(part) for view, part in taken.items()} == {"a": 15, "b": 30}
    assert taken["a"]["trace_id"].to_list() == ["a0", "a1", "a2", "a3", "a4"] * 3


def test_a_view_without_rows_leaves_no_mix() -> None:
    taken = mixed({"a": rows("a", 0), "b": rows("b", 9)}, mix({"a": 0, "b": 9}, [1, 1]), 7)
    assert [len(part) for part in taken.values()] == [0, 0]


def test_a_mix_is_of_rows_or_of_tokens() -> None:
    with pytest.raises(ValueError, match="of `rows` or of `tokens`"):
        mix({"a": 1}, [1], rows=5, tokens="2k")
