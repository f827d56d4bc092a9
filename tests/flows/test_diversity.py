"""A build that measures how unlike the samples of a problem are, and selects by it."""

from pathlib import Path

import polars as pl
import pytest

from tests.flows.inline import Place
from tests.flows.problems import STEPS, problems, recipe, trace, traces


@pytest.fixture
def site(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_views_select_by_it(site: Place) -> None:
    steps = [*STEPS[:-2], "dedupe_traces", "diversity", *STEPS[-2:]]
    views = {"sft": {"where": "diversity.mean > 0.6", "columns": {"apart": "diversity.mean"}}}
    site.jsonl("p.jsonl", problems(6))
    unlike = [trace(n, 3, chars=900) for n in range(3)]
    site.jsonl("t.jsonl", [*traces(0, 6, samples=2), *unlike])
    site.recipe(recipe(steps=steps, views=views))
    built = site.built()
    line = built.line("diversity")
    assert (line["in"], line["out"], line["notes"]) == (15, 15, {"problems": 6})
    rows = pl.read_parquet(built.folder / "releases/sft/*.parquet")
    assert rows["problem_id"].n_unique() == 3 and all(one > 0.6 for one in rows["apart"])
    assert site.unchanged()


def test_it_needs_signatures(site: Place) -> None:
    site.jsonl("p.jsonl", problems(2))
    site.jsonl("t.jsonl", traces(0, 2))
    site.recipe(recipe(steps=[*STEPS, "diversity"]))
    assert "`diversity` needs `dedupe_traces` before it" in site.complaint()
