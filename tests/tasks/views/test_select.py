from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import QueryError
from schemas.identity import problem_id
from schemas.recipe.views import View
from tasks.pool.jobs import Done
from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.views.select import funnel, plan, select, splits
from tests.tasks.judged import Judged, Tables, many

RIGHT = "verdict = 'correct'"
WRONG = "verdict = 'incorrect'"


def view(**options: Any) -> View:
    return View.model_validate(options)


def chosen(pool: Pool, tables: Tables, options: View, name: str = "sft") -> pl.DataFrame:
    with connect(pool, tables, ["screen"]) as connection:
        return select(connection, name, options)


def counted(pool: Pool, tables: Tables, options: View, name: str = "sft") -> dict[str, int]:
    with connect(pool, tables, ["screen"]) as connection:
        return funnel(connection, name, options, len(select(connection, name, options)))


def lengths(frame: pl.DataFrame) -> dict[str, list[int]]:
    """Per problem the tokens of its rows."""
    groups = frame.group_by("problem_id").agg(pl.col("tokens").sort())
    return dict(groups.iter_rows())


@pytest.fixture
def tables(pool: Pool) -> Tables:
    judged = Judged().ask("a", "7", "8", "7", "7").ask("b", "8", "8").ask("c", "7", aside="proof")
    return judged.into(pool)


def test_a_condition_selects_and_what_was_set_aside_stays_out(pool: Pool, tables: Tables) -> None:
    frame = chosen(pool, tables, view(where=RIGHT))
    assert lengths(frame) == {problem_id("a"): [10, 30, 40]}


def test_rows_come_in_the_order_of_the_pool(pool: Pool) -> None:
    tables = many().into(pool, shard=50)
    places = chosen(pool, tables, view(where=RIGHT)).select("shard", "row")
    assert places.equals(places.sort("shard", "row"))
    assert places["shard"].max() == len(tables["traces"]) - 1


@pytest.mark.parametrize(
    ("how", "kept"),
    [
        ({"keep": 1, "by": "completion_tokens"}, [10]),
        ({"keep": 2, "by": "completion_tokens", "order": "desc"}, [30, 40]),
        ({"keep": 9, "by": "completion_tokens"}, [10, 30, 40]),
    ],
)
def test_per_problem_keeps_the_first_by_a_column(
    how: dict[str, Any], kept: list[int], pool: Pool, tables: Tables
) -> None:
    frame = chosen(pool, tables, view(where=RIGHT, per_problem=how))
    assert lengths(frame) == {problem_id("a"): kept}


def test_a_random_keep_is_seeded(pool: Pool) -> None:
    tables = many().into(pool)

    def drawn(seed: int) -> list[str]:
        return chosen(pool, tables, view(per_problem=1, seed=seed))["trace_id"].to_list()

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert len(drawn(1)) == 40


def same_in_any_order(options: dict[str, Any], folder: Path) -> pl.DataFrame:
    """What a view selects; it must not depend on the order of rows, or on the size of shards."""
    found = []
    for number, shard in enumerate((1000, 40)):
        judged = many()
        if number:
            judged.problems.reverse()
            judged.traces.reverse()
        pool = Pool(folder / str(number))
        frame = chosen(pool, judged.into(pool, shard), view(**options))
        places = [c for c in frame.columns if c.endswith(("shard", "row"))]
        found.append(frame.drop(places).sort("trace_id"))
    assert found[0].equals(found[1])
    return found[0]


@pytest.mark.parametrize(
    "options",
    [
        {"per_problem": 1},
        {"sample": 11},
        {"where": RIGHT, "per_problem": 2, "sample": 17},
        {"chosen": RIGHT, "rejected": WRONG, "per_problem": 1},
        {"chosen": RIGHT, "rejected": WRONG, "sample": 9},
        {"splits": {"train": 0.5, "test": 0.5}},
    ],
    ids=str,
)
def test_a_draw_does_not_depend_on_sharding_or_order(
    options: dict[str, Any], tmp_path: Path
) -> None:
    same_in_any_order(options, tmp_path)


def test_pairs_join_a_winner_and_a_loser_of_one_problem(pool: Pool, tables: Tables) -> None:
    frame = chosen(pool, tables, view(chosen=RIGHT, rejected=WRONG), "pairs")
    assert frame["problem_id"].to_list() == [problem_id("a")]
    assert frame["rejected_reason"].to_list() == ["differ.value"]
    assert frame["trace_id"][0] != frame["rejected_id"][0]


def test_no_trace_meets_itself(pool: Pool) -> None:
    everything = view(chosen="true", rejected="true")
    assert chosen(pool, many().into(pool), everything, "pairs").is_empty()


def test_no_trace_stands_in_two_pairs(pool: Pool) -> None:
    frame = chosen(pool, many().into(pool), view(chosen=RIGHT, rejected=WRONG), "pairs")
    ids = frame["trace_id"].to_list() + frame["rejected_id"].to_list()
    assert len(set(ids)) == len(ids)
    # Of four samples one or two are wrong: so many pairs has a problem.
    assert set(frame["problem_id"].value_counts()["count"]) == {1, 2}
    one = chosen(pool, many().into(pool), view(chosen=RIGHT, rejected=WRONG, per_problem=1))
    assert set(one["problem_id"].value_counts()["count"]) == {1}


def test_a_condition_of_pairs_holds_for_both_sides(pool: Pool, tables: Tables) -> None:
    options = {"chosen": RIGHT, "rejected": WRONG, "where": "completion_tokens < 20"}
    assert chosen(pool, tables, view(**options)).is_empty()


def test_rlvr_takes_problems_once(pool: Pool, tables: Tables) -> None:
    frame = chosen(pool, tables, view(where="pass_rate > 0"), "rlvr")
    assert frame.select("problem_id", "pass_rate").rows() == [(problem_id("a"), 0.75)]


def test_a_sample_is_at_most_so_large(pool: Pool, tables: Tables) -> None:
    assert len(chosen(pool, tables, view(sample=2))) == 2
    assert len(chosen(pool, tables, view(sample=99))) == 6


def test_a_larger_sample_holds_the_smaller_one(pool: Pool) -> None:
    tables = many().into(pool)
    few, more = (set(chosen(pool, tables, view(sample=n))["trace_id"]) for n in (10, 20))
    assert few < more


def test_an_unknown_column_names_the_view_and_lists_the_pool_s(pool: Pool, tables: Tables) -> None:
    with pytest.raises(QueryError) as caught:
        chosen(pool, tables, view(where="verdit = 'correct'"), "mine")
    assert str(caught.value).startswith("view mine: ")
    assert '"verdit" not found' in str(caught.value)
    assert "Columns of the pool: trace_id, problem_id" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"where": RIGHT},
        {"where": RIGHT, "per_problem": 1},
        {"where": "completion_tokens > 20", "sample": 1},
        {"where": "NULL"},
        {"chosen": RIGHT, "rejected": WRONG},
        {"chosen": RIGHT, "rejected": WRONG, "per_problem": 1, "sample": 1},
        {"format": "rlvr", "where": "pass_rate < 1"},
        {"format": "midtrain"},
    ],
    ids=str,
)
def test_the_funnel_adds_up(options: dict[str, Any], pool: Pool, tables: Tables) -> None:
    counts = counted(pool, tables, view(**options), "mine")
    asides = {name: count for name, count in counts.items() if name.startswith("aside.")}
    assert counts["in"] == (3 if options.get("format") == "rlvr" else 7)
    assert counts["in"] == counts["out"] + sum(asides.values())
    assert asides["aside.problem_set_aside"] == 1
    assert all(count > 0 for count in asides.values())


def test_the_funnel_says_why_a_row_is_out(pool: Pool, tables: Tables) -> None:
    assert counted(pool, tables, view(where=RIGHT, per_problem=2)) == {
        "in": 7, "aside.problem_set_aside": 1, "aside.where": 3, "aside.per_problem_limit": 1,
        "out": 2,
    }  # fmt: skip


def test_an_empty_pool_has_an_empty_view(pool: Pool) -> None:
    options = view(splits={"train": 0.5, "test": 0.5}, per_problem=1)
    assert chosen(pool, {}, options).is_empty()
    assert counted(pool, {}, options) == {"in": 0, "out": 0}


IDS = pl.Series([problem_id(str(n)) for n in range(1000)])


@settings(max_examples=10)
@given(st.integers(0, 2**31), st.floats(0.05, 0.95))
def test_shares_are_about_right(seed: int, share: float) -> None:
    found = splits(IDS, view(splits={"train": share, "test": 1 - share}, seed=seed))
    assert (found == "train").mean() == pytest.approx(share, abs=0.08)


def test_a_problem_is_never_split(pool: Pool) -> None:
    frame = chosen(pool, many().into(pool, 50), view(splits={"train": 0.7, "test": 0.3}))
    assert frame.group_by("problem_id").agg(pl.col("split").n_unique())["split"].max() == 1
    assert set(frame["split"]) == {"train", "test"}


def test_all_problems_of_one_split_need_no_draw() -> None:
    assert splits(IDS[:3], view(splits={"all": 1})).to_list() == ["all"] * 3


def test_the_selection_is_kept_with_its_funnel(pool: Pool, tables: Tables) -> None:
    done = Done(pool, "r", deciding={"screen": []})
    job = plan(done, tables, "sft", view(where=RIGHT))
    receipt = job.run(done.pool)
    assert receipt.counts == {"in": 7, "aside.problem_set_aside": 1, "aside.where": 3, "out": 3}
    assert pool.receipt("select", job.key) == receipt
    again = plan(done, tables, "sft", view(where=RIGHT, reasoning="field"))
    other = plan(done, tables, "sft", view(where=WRONG))
    assert again.key == job.key != other.key


def sources(counts: dict[str, int]) -> Judged:
    """So many problems of each source, each with two right answers."""
    judged = Judged()
    for source, count in counts.items():
        for n in range(count):
            judged.ask(f"{source} {n}", "7", "7", source=source, level=None if n % 2 else "1")
    return judged


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 6), min_size=1),
    st.integers(1, 30),
    st.integers(0, 100),
    st.integers(1, 9),
)
def test_a_balanced_sample_takes_turns(
    tmp_path_factory: pytest.TempPathFactory,
    counts: dict[str, int],
    n: int,
    seed: int,
    shard: int,
) -> None:
    asked = view(sample={"n": n, "by": "source"}, seed=seed)
    kept = []
    for size, order in ((1000, 1), (shard, -1)):
        pool = Pool(tmp_path_factory.mktemp("pool"))
        judged = sources(counts)
        judged.problems, judged.traces = judged.problems[::order], judged.traces[::order]
        kept.append(chosen(pool, judged.into(pool, shard=size), asked))
    assert set(kept[0]["trace_id"]) == set(kept[1]["trace_id"])  # neither order nor shards show
    names = {problem_id(f"{s} {n}"): s for s, count in counts.items() for n in range(count)}
    drawn = kept[0]["problem_id"].replace_strict(names, return_dtype=pl.String)
    taken = {source: (drawn == source).sum() for source in counts}
    assert sum(taken.values()) == min(n, 2 * sum(counts.values()))
    most = max(taken.values())
    assert all(taken[s] >= min(most - 1, 2 * counts[s]) for s in counts)


def test_rows_without_a_value_are_a_stratum(pool: Pool) -> None:
    tables = sources({"a": 4}).into(pool)
    frame = chosen(pool, tables, view(sample={"n": 2, "by": "level"}), "rlvr")
    odd = {problem_id(f"a {n}") for n in (1, 3)}
    assert len(odd & set(frame["problem_id"])) == 1


def test_an_unknown_column_to_balance_over_is_told(pool: Pool) -> None:
    tables = sources({"a": 1}).into(pool)
    with pytest.raises(QueryError, match=r"view sft: .*colour.*Columns of the pool"):
        chosen(pool, tables, view(sample={"n": 2, "by": "colour"}))


@pytest.mark.parametrize("percent", [0, 20, 60, 100])
def test_columns_within_a_share_are_the_rows_of_the_sql_by_hand(percent: int, pool: Pool) -> None:
    tables = many().into(pool)
    pair = {"chosen": RIGHT, "rejected": WRONG, "per_problem": 2}
    sql = (
        "abs(chosen.completion_tokens - rejected.completion_tokens) * 100 <= "
        f"{percent} * greatest(chosen.completion_tokens, rejected.completion_tokens)"
    )
    within = view(**pair, match={"completion_tokens": f"within {percent} %"})
    found = chosen(pool, tables, within, "pairs")
    assert found.equals(chosen(pool, tables, view(**pair, match=sql), "pairs"))
    assert (len(found) > 0) == (percent > 20)
