"""What roles, caps, weights, budgets and orders make of a pool; plain views are in test_select."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import QueryError
from schemas.identity import problem_id
from tasks.pool.store import Pool
from tests.tasks.judged import Tables, many
from tests.tasks.views.test_select import (
    RIGHT,
    WRONG,
    chosen,
    counted,
    same_in_any_order,
    sources,
    view,
)

SIDES = {"wrong": WRONG, "fixed": RIGHT}
SAID = [{"assistant": "{{ wrong.response }}"}]


def roles(match: str | None = None, **more: Any) -> Any:
    return view(roles=SIDES, messages=SAID, match=match, **more)


def tokens(frame: pl.DataFrame, tables: Tables, pool: Pool, ids: str) -> list[int]:
    known = pl.concat(
        pl.from_arrow(pool.read(shard, ["trace_id", "completion_tokens"]))
        for shard in tables["traces"]
    )
    return frame.join(known, left_on=ids, right_on="trace_id", how="left")[
        "completion_tokens"
    ].to_list()


def test_roles_are_of_one_problem_and_no_trace_stands_twice(pool: Pool) -> None:
    frame = chosen(pool, many().into(pool), roles(), "fixes")
    ids = frame["trace_id"].to_list() + frame["fixed_id"].to_list()
    assert len(frame)
    assert len(set(ids)) == len(ids)
    assert {"fixed_shard", "fixed_row", "fixed_reason"} <= {*frame.columns}


@pytest.mark.parametrize("shard", [1000, 40])
def test_what_matches_holds_of_every_row(shard: int, pool: Pool) -> None:
    tables = many().into(pool, shard)
    frame = chosen(pool, tables, roles("fixed.tokens >= 2 * wrong.tokens"), "fixes")
    both = [tokens(frame, tables, pool, ids) for ids in ("trace_id", "fixed_id")]
    assert len(frame)
    assert all(fixed >= 2 * wrong for wrong, fixed in zip(*both, strict=True))


def test_the_best_combination_of_a_problem_comes_first(pool: Pool) -> None:
    tables = many().into(pool)
    best = {"keep": 1, "by": "fixed.tokens - wrong.tokens", "order": "desc"}
    frame = chosen(pool, tables, roles(per_problem=best), "fixes")
    both = [tokens(frame, tables, pool, ids) for ids in ("trace_id", "fixed_id")]
    gap = {
        problem: fixed - wrong
        for problem, wrong, fixed in zip(frame["problem_id"], *both, strict=True)
    }
    # Of q0 the answers are 0, 7, 7, 3: the first, 10 tokens long, is wrong, the third is right.
    assert gap[problem_id("q0")] == 20
    assert len(gap) == len(frame)


def test_three_roles_are_three_traces(pool: Pool) -> None:
    three = {"wrong": WRONG, "short": RIGHT, "long": RIGHT}
    options = view(roles=three, match="long.tokens > short.tokens", messages=SAID)
    frame = chosen(pool, many().into(pool), options, "fixes")
    ids = [*frame["trace_id"], *frame["short_id"], *frame["long_id"]]
    assert len(set(ids)) == len(ids) == 3 * len(frame) > 0


def test_pairs_can_be_matched_too(pool: Pool) -> None:
    tables = many().into(pool)
    near = "abs(rejected.tokens - chosen.tokens) <= 10"
    frame = chosen(pool, tables, view(chosen=RIGHT, rejected=WRONG, match=near), "pairs")
    both = [tokens(frame, tables, pool, ids) for ids in ("trace_id", "rejected_id")]
    assert len(frame)
    assert all(abs(lost - won) <= 10 for won, lost in zip(*both, strict=True))
    by = {"keep": 1, "by": "rejected.tokens", "order": "desc"}
    longest = chosen(pool, tables, view(roles={"chosen": RIGHT, "rejected": WRONG}, per_problem=by))
    assert max(Counter(longest["problem_id"]).values()) == 1


def test_columns_of_roles_are_told_by_their_role(pool: Pool) -> None:
    tables = many().into(pool)
    frame = chosen(pool, tables, roles(columns={"why": "wrong.reason"}), "fixes")
    assert set(frame["carried why"]) == {"differ.value"}
    with pytest.raises(QueryError, match="Ambiguous"):
        chosen(pool, tables, roles(columns={"why": "reason"}), "fixes")


OPTIONS: list[dict[str, Any]] = [
    {"roles": SIDES, "messages": SAID},
    {"roles": SIDES, "messages": SAID, "match": "fixed.tokens > wrong.tokens", "sample": 7},
    {"caps": {"source": 5}},
    {"caps": {"source": 5, "verdict": 3}, "where": RIGHT},
    {"sample": {"tokens": 400}},
    {"sample": {"n": 9, "weight": "completion_tokens"}},
    {"sample": {"tokens": 300, "by": "source"}},
    {"per_problem": {"keep": 2, "weight": "pow(2, -completion_tokens / 10)"}},
    {"order": "-completion_tokens", "sample": 20},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_draw_does_not_depend_on_sharding_or_order(
    options: dict[str, Any], tmp_path: Path
) -> None:
    assert len(same_in_any_order(options, tmp_path))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_funnel_adds_up(options: dict[str, Any], pool: Pool) -> None:
    counts = counted(pool, many().into(pool), view(**options), "mine")
    asides = {name: count for name, count in counts.items() if name.startswith("aside.")}
    assert counts["in"] == counts["out"] + sum(asides.values())
    assert all(count > 0 for count in asides.values())


def test_caps_hold_for_every_value(pool: Pool) -> None:
    tables = sources({"a": 9, "b": 2}).into(pool)
    frame = chosen(pool, tables, view(caps={"source": 5}))
    names = {problem_id(f"{s} {n}"): s for s in "ab" for n in range(9)}
    assert Counter(map(names.get, frame["problem_id"])) == {"a": 5, "b": 4}


@settings(max_examples=20, deadline=None)
@given(budget=st.integers(1, 900), seed=st.integers(0, 50))
def test_a_budget_is_filled_and_a_larger_one_holds_the_smaller(
    budget: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pool = Pool(tmp_path_factory.mktemp("pool"))
    tables = many(10).into(pool)  # 40 traces of 10 to 40 tokens, 1,000 together
    less, more = (
        chosen(pool, tables, view(sample={"tokens": size}, seed=seed)) for size in (budget, 950)
    )
    assert budget - 40 < less["tokens"].sum() <= budget
    assert set(less["trace_id"]) <= set(more["trace_id"])


def test_what_weighs_more_is_drawn_more_often(pool: Pool) -> None:
    tables = many(200).into(pool)
    asked = {"n": 200, "weight": "if(completion_tokens = 40, 8, if(completion_tokens = 10, 0, 1))"}
    drawn = Counter(chosen(pool, tables, view(sample=asked))["tokens"])
    assert drawn[10] == 0
    assert drawn[40] > 4 * drawn[20]
    per = {
        "keep": 1,
        "weight": "pow(2, -row_number() OVER (PARTITION BY problem_id ORDER BY completion_tokens))",
    }
    kept = Counter(chosen(pool, tables, view(per_problem=per))["tokens"])
    assert kept.total() == 200
    # Ranks weigh 1/2, 1/4, 1/8, 1/16 of 15/16.
    assert kept[10] == pytest.approx(200 * 8 / 15, abs=25)
    assert kept[40] == pytest.approx(200 / 15, abs=12)


def test_an_order_is_kept_and_what_has_no_value_comes_last(pool: Pool) -> None:
    tables = sources({"a": 6}).into(pool)
    frame = chosen(pool, tables, view(order="level"), "rlvr")
    odd = {problem_id(f"a {n}") for n in (1, 3, 5)}
    assert [problem in odd for problem in frame["problem_id"]] == [False] * 3 + [True] * 3
    longest = chosen(pool, many().into(pool), view(order="-completion_tokens"))["tokens"]
    assert longest.to_list() == sorted(longest, reverse=True)
