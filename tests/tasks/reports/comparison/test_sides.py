import pytest

from schemas.errors import LongcotError, RecipeError
from schemas.recipe.views import View
from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.reports.comparison.sides import Views, selected, sides_of
from tasks.views.select import select
from tests.tasks.reports.comparison.compared import PAIRS, SFT, VIEWS, filled


def none(name: str) -> Views:
    raise RecipeError(f"{name}: no such file")


def test_a_recipe_s_view_is_what_a_build_would_select(pool: Pool) -> None:
    filled(pool)
    tables = {name: pool.live(name) for name in pool.manifest["tables"]}
    for name, view in VIEWS.items():
        side = selected(pool, f"mine:{name}", name, VIEWS)
        with connect(pool, tables, ["screen"]) as connection:
            chosen = select(connection, name, view)
        assert side.rows["problem_id"].to_list() == chosen["problem_id"].to_list()
        partners = [f"{role}_id" for role in view.partners()]
        ids = [] if name == "rlvr" else ["trace_id", *partners]
        assert side.rows["traces"].to_list() == [
            list(row) for row in chosen.select(ids).rows()
        ] or (not ids and set(map(len, side.rows["traces"])) == {0})
        assert side.origin == "selected" and len(side.rows) == len(chosen) > 0


def test_nothing_is_written(pool: Pool) -> None:
    filled(pool)
    before = sorted(pool.fs.find(pool.root))
    sides_of(pool, ["mine"], lambda name: VIEWS)
    assert sorted(pool.fs.find(pool.root)) == before


def test_a_mix_has_a_row_as_often_as_it_repeats_it(pool: Pool) -> None:
    mix = View.model_validate({"mix": {"of": {"sft": 0.5, "more": 0.5}, "repeat": 2}})
    more = SFT.model_copy(update={"sample": None, "where": "verdict = 'correct' and n > 3"})
    side = selected(filled(pool), "m:all", "all", {"sft": SFT, "more": more, "all": mix})
    counts = side.rows["problem_id"].value_counts()["count"]
    assert set(counts) == {4}  # twice of either view
    assert side.per == "trace" and set(side.rows["traces"].list.len()) == {1}


def test_all_views_of_a_recipe_or_the_one_that_is_named_and_none_twice(pool: Pool) -> None:
    filled(pool)
    every = sides_of(pool, ["mine:pairs", "mine", "mine:sft"], lambda name: VIEWS)
    assert [side.name for side in every] == ["mine:pairs", "mine:sft", "mine:rlvr"]
    assert [side.per for side in every] == ["pair", "trace", "problem"]


@pytest.mark.parametrize(
    ("name", "views", "told"),
    [
        ("sftt", None, ["sftt: no view of", "no version of it is recorded", "no such file"]),
        ("3", {}, ["there is no version 3", "longcot build"]),
        ("mine:sfx", VIEWS, ["mine has no view `sfx`; there is sft, pairs, rlvr"]),
        ("mine", {}, ["mine has no view, so there is nothing to compare"]),
        ("mine", {"sft": View(where="wordz > 3")}, ["mine:sft: cannot be selected", "wordz"]),
        (
            "mine",
            {"sft": View.model_validate({"per_problem": {"keep": 1, "by": "diverse"}})},
            ["mine:sft: it draws by `diverse`", "has no trace_signatures"],
        ),
    ],
)
def test_what_cannot_be_compared_is_told(
    pool: Pool, name: str, views: dict[str, View] | None, told: list[str]
) -> None:
    filled(pool)
    with pytest.raises(LongcotError) as found:
        sides_of(pool, [name], none if views is None else lambda _: views)
    assert all(words in str(found.value) for words in told), found.value
    assert "\n" not in str(found.value)


def test_problems_that_were_set_aside_are_in_no_side(pool: Pool) -> None:
    from tests.tasks.judged import Judged

    judged = Judged().ask("a", "7", "8").ask("b", "7", "8", aside="proof")
    side = selected(filled(pool, judged), "mine:pairs", "pairs", {"pairs": PAIRS})
    assert side.rows["problem_id"].to_list() == [judged.problems[0]["problem_id"]]
