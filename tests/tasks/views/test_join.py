import polars as pl
import pytest

from schemas.recipe.views import View
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.views import join as module
from tasks.views.join import gather, joined, walks_of
from tasks.views.release import numbered
from tasks.views.select import select
from tests.tasks.judged import many

PAIRS = View(chosen="verdict = 'correct'", rejected="verdict = 'incorrect'")


def test_the_walk_that_orders_the_rows_comes_last() -> None:
    assert [walk.role for walk in walks_of("pair", ["rejected"])] == [
        "problem",
        "rejected",
        "trace",
    ]
    assert [walk.role for walk in walks_of("trace")] == ["problem", "trace"]
    assert [walk.role for walk in walks_of("problem")] == ["problem"]


@pytest.mark.parametrize("slice_rows", [512, 1, 3])
def test_parts_from_three_places_come_side_by_side(
    slice_rows: int, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE", slice_rows)
    judged = many(12)
    tables = judged.into(pool, 10)
    with connect(pool, tables, ["screen"]) as connection:
        selection = numbered(select(connection, "pairs", PAIRS), 100)
    walks = walks_of("pair", ["rejected"])
    texts = {row["trace_id"]: row["response"] for row in judged.traces}
    problems = {row["problem_id"]: row["problem"] for row in judged.problems}
    seen = 0
    with SpillFile() as spool:
        for out in gather(pool, tables, selection, walks, spool):
            rows = pl.concat(joined(selection, spool, out, walks))
            assert rows["position"].to_list() == list(range(seen, seen + len(rows)))
            for row in rows.iter_rows(named=True):
                assert row["response"] == texts[row["trace_id"]]
                assert row["rejected_response"] == texts[row["rejected_id"]]
                assert row["problem"] == problems[row["problem_id"]]
            seen += len(rows)
    assert seen == len(selection) > 0
