"""A build that compares how sure traces say they are with how often they are right."""

from pathlib import Path

import polars as pl
import pytest

from tasks.pool.store import Pool
from tests.flows.inline import Place
from tests.flows.problems import STEPS, problems, recipe, trace, traces


@pytest.fixture
def site(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_views_select_by_it_and_the_report_has_it(site: Place) -> None:
    steps = [
        {"measure": {"signals": ["standard", "confidence"]}} if step == "measure" else step
        for step in STEPS
    ]
    sure = trace(0, 4)
    sure["trace"] += "\nI'm 90% sure."
    site.jsonl("p.jsonl", problems(2))
    site.jsonl("t.jsonl", [sure, *traces(0, 2, samples=2)])
    view = {"where": "calibration.brier < 0.02", "columns": {"brier": "calibration.brier"}}
    site.recipe(recipe(steps=[*steps, "calibration"], views={"sft": view}))
    built = site.built()
    line = built.line("calibration")
    assert (line["in"], line["out"]) == (5, 1)
    assert line["aside"] == {"no_confidence": 4} and line["notes"] == {"problems": 1}
    rows = pl.read_parquet(built.folder / "releases/sft/*.parquet")
    assert rows["problem_id"].n_unique() == 1
    assert rows["brier"][0] == pytest.approx(0.01, abs=1e-6)
    (told,) = Pool(str(built.folder)).get_json("report.json")["calibration"]
    assert (told["stated"], told["right"]) == (1, 1.0)
    assert told["ece"] == pytest.approx(0.1, abs=1e-6)
    assert site.unchanged()


def test_it_needs_the_signal(site: Place) -> None:
    site.jsonl("p.jsonl", problems(2))
    site.jsonl("t.jsonl", traces(0, 2))
    site.recipe(recipe(steps=[*STEPS, "calibration"]))
    assert "compares the signal `confidence`, which no step before it measures" in site.complaint()
