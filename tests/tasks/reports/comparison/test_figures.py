from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.pool.store import Pool
from tasks.reports.comparison.figures import BANDS, compared, figures_of
from tasks.reports.comparison.sides import Side, selected
from tests.tasks.judged import Judged, many
from tests.tasks.reports.comparison.compared import VIEWS, filled

WORDS = st.text("78", min_size=0, max_size=5)


def side(pool: Pool, name: str, **changed: Any) -> Side:
    views = {name: VIEWS[name].model_copy(update=changed)}
    return selected(pool, f"mine:{name}", name, views)


def test_a_side_is_counted_by_its_rows_problems_and_traces(pool: Pool) -> None:
    filled(pool, Judged().ask("a", "7", "8", "7", "9", domain="math").ask("b", "7", "8"))
    sft = figures_of(pool, side(pool, "sft", per_problem=None))
    assert (sft["rows"], sft["problems"], sft["traces"], sft["about"]) == (3, 2, 3, "traces")
    assert sft["tokens"] == 10 + 30 + 10  # traces are as long as their place
    assert (sft["length"]["median"], sft["length"]["longest"]) == (10, 30)
    assert sft["difficulty"]["pass_rate"] == pytest.approx((0.5 + 0.5 + 0.5) / 3)
    assert sft["difficulty"]["bands"] == {"below 3/4": 3}
    assert sft["domains"] == {"math": 2, "unknown": 1}
    pairs = figures_of(pool, side(pool, "pairs"))
    assert (pairs["rows"], pairs["problems"], pairs["traces"]) == (3, 2, 6)
    assert pairs["tokens"] == 10 + 20 + 30 + 40 + 10 + 20
    assert pairs["cost"]["tokens"] == pairs["tokens"]  # every trace of both problems
    rlvr = figures_of(pool, side(pool, "rlvr"))
    assert (rlvr["rows"], rlvr["traces"], rlvr["about"]) == (2, 0, "problems")
    assert rlvr["length"]["median"] is rlvr["thought"]["with_thought"] is None


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(answers=st.lists(WORDS, min_size=1, max_size=6))
def test_the_figures_are_those_of_the_selection(
    tmp_path_factory: pytest.TempPathFactory, answers: list[str]
) -> None:
    pool = Pool(tmp_path_factory.mktemp("pool"))
    judged = Judged()
    for number, words in enumerate(answers):
        judged.ask(f"q{number}", *words)
    if not judged.traces:
        return
    filled(pool, judged)
    tokens = {row["trace_id"]: row["completion_tokens"] for row in judged.traces}
    rates = {row["problem_id"]: row.get("pass_rate") for row in judged.grades}
    for name in VIEWS:
        own = side(pool, name)
        found = figures_of(pool, own)
        used = [trace for row in own.rows["traces"] for trace in row]
        assert found["rows"] == len(own.rows) == sum(found["difficulty"]["bands"].values())
        assert found["rows"] == sum(found["domains"].values())
        assert found["problems"] == own.rows["problem_id"].n_unique()
        assert found["traces"] == len({*used})
        assert sum(row["traces"] for row in found["length"]["counts"]) == len(used)
        if name != "rlvr":
            assert found["tokens"] == sum(tokens[trace] for trace in used)
        known = [rates[p] for p in own.rows["problem_id"] if rates[p] is not None]
        mean = pytest.approx(sum(known) / len(known)) if known else None
        assert found["difficulty"]["pass_rate"] == mean
        asked = {*own.rows["problem_id"]}
        spent = sum(t["completion_tokens"] for t in judged.traces if t["problem_id"] in asked)
        assert found["cost"]["tokens"] == spent


@pytest.mark.parametrize(
    ("right", "band"),
    [(0, "0"), (1, "below 1/4"), (2, "below 1/2"), (4, "below 3/4"), (6, "below 1"), (8, "1")],
)
def test_a_band_begins_where_the_one_before_ends(pool: Pool, right: int, band: str) -> None:
    filled(pool, Judged().ask("a", *["7"] * right, *["8"] * (8 - right)))
    found = figures_of(pool, side(pool, "rlvr", where=None))
    assert found["difficulty"]["bands"] == {band: 1} and band in BANDS


def test_a_row_that_stands_twice_counts_twice(pool: Pool) -> None:
    filled(pool)
    once = side(pool, "sft")
    twice = once._replace(rows=pl.concat([once.rows, once.rows]))
    one, two = figures_of(pool, once), figures_of(pool, twice)
    for name in ("rows", "tokens"):
        assert two[name] == 2 * one[name]
    assert two["label"]["traces"] == 2 * one["label"]["traces"] > 0
    for name in ("problems", "traces", "length", "thought", "cost"):
        if name != "length":
            assert two[name] == one[name]
    assert two["length"]["median"] == one["length"]["median"]


def test_cost_is_a_share_of_what_the_pool_s_report_says(pool: Pool) -> None:
    judged = Judged().ask("a", "7", "8").ask("b", "8", "8", "8")
    whole = sum(row["completion_tokens"] for row in judged.traces)
    line = {"source": "s", "teacher": "t", "completion_tokens": whole, "hours": 9.0, "money": 18.0}
    filled(pool, judged, costs=[line])
    found = figures_of(pool, side(pool, "sft"))["cost"]
    assert found == {"tokens": 30, "hours": pytest.approx(9 * 30 / whole),
                     "money": pytest.approx(18 * 30 / whole)}  # fmt: skip
    filled(pool, judged, costs=[{**line, "money": None}])
    assert figures_of(pool, side(pool, "sft"))["cost"]["money"] is None  # no prices
    filled(pool, judged, costs=[{**line, "teacher": "another"}])
    assert figures_of(pool, side(pool, "sft"))["cost"]["hours"] is None  # a recording


def test_all_sides_are_told_and_every_two_of_them(pool: Pool) -> None:
    filled(pool, many(12))
    found = compared(pool, [side(pool, name) for name in VIEWS])
    assert [row["side"] for row in found["sides"]] == ["mine:sft", "mine:pairs", "mine:rlvr"]
    assert [(row["one"], row["other"]) for row in found["overlap"]] == [
        ("mine:sft", "mine:pairs"), ("mine:sft", "mine:rlvr"), ("mine:pairs", "mine:rlvr"),
    ]  # fmt: skip
    first = found["overlap"][0]
    assert first["problems"]["of_other"] == 1  # who has a winner and a loser has a winner


def test_a_side_without_a_row_is_told(pool: Pool) -> None:
    filled(pool)
    for name in VIEWS:
        found = figures_of(pool, side(pool, name, where="false"))
        assert (found["rows"], found["problems"], found["traces"], found["tokens"]) == (0, 0, 0, 0)
        assert found["difficulty"] == {"pass_rate": None, "known": 0, "bands": {}}
        assert found["label"]["error"] is None and found["cost"]["tokens"] == 0


def test_languages_are_told_where_somebody_says_them(pool: Pool) -> None:
    filled(pool, Judged().ask("a", "7", language="en").ask("b", "7", language="de").ask("c", "7"))
    assert figures_of(pool, side(pool, "sft"))["languages"] == {"de": 1, "en": 1, "unknown": 1}
    rows = figures_of(pool, side(pool, "rlvr", where=None))
    assert rows["languages"] == {"de": 1, "en": 1, "unknown": 1}
    silent = filled(Pool(f"{pool.root}-silent"), Judged().ask("a", "7"))
    assert figures_of(silent, side(silent, "sft"))["languages"] == {}
