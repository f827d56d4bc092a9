"""Views of several traces a row and of other views, as a build makes them."""

from typing import Any

import polars as pl

from tests.flows.conftest import Site
from tests.flows.problems import problems, recipe, traces

RIGHT, WRONG = "verdict = 'correct'", "verdict = 'incorrect'"
FIXES = {
    "roles": {"wrong": WRONG, "fixed": RIGHT},
    "messages": [
        {"user": "{{ problem }}\n\n{{ wrong.response }}\n\nWhere is the mistake?"},
        {"assistant": "{{ fixed.text }}"},
    ],
}
VIEWS: dict[str, Any] = {
    "right": {"where": RIGHT},
    "wrong": {"where": WRONG},
    "fixes": FIXES,
    "mixed": {"mix": {"of": {"right": 0.75, "wrong": 0.25}, "rows": 80}},
    "small": {"mix": {"of": {"right": 0.75, "wrong": 0.25}, "rows": 20}},
}


def prepare(site: Site, **views: Any) -> None:
    site.jsonl("p.jsonl", problems(40))
    site.jsonl("t.jsonl", traces(0, 40))
    site.recipe(recipe(views={**VIEWS, **views}))


def test_a_build_writes_corrections_and_a_mix(site: Site) -> None:
    prepare(site)
    built = site.built()
    rows = {name: pl.read_parquet(built.folder / f"releases/{name}/*.parquet") for name in VIEWS}
    one = rows["fixes"].row(0, named=True)
    user, assistant = one["messages"]
    assert user["content"].endswith("Where is the mistake?")
    assert assistant["content"].startswith("<think>")
    verdicts = built.table("verdicts").select("trace_id", "verdict").rows()
    known = dict(verdicts)
    assert {known[i] for i in rows["fixes"]["trace_id"]} == {"incorrect"}
    assert {known[i] for i in rows["fixes"]["fixed_id"]} == {"correct"}

    of = [known[i] for i in rows["mixed"]["trace_id"]]
    assert [of.count(word) for word in ("correct", "incorrect")] == [60, 20]
    assert set(rows["small"]["trace_id"]) < set(rows["mixed"]["trace_id"])
    notes = built.line("view", "mixed")["notes"]
    assert notes == {
        "right (75.0% of rows asked, 75.0% is)": 60,
        "wrong (25.0% of rows asked, 25.0% is)": 20,
    }
    again = site.longcot("build", site.own, "--pool", "pool")
    assert "nothing to do" in again.out + again.err


def test_a_mix_smaller_than_asked_keeps_its_shares(site: Site) -> None:
    prepare(site, mixed={"mix": {"of": {"right": 0.5, "wrong": 0.5}, "repeat": 2}})
    built = site.built()
    wrong = len(pl.read_parquet(built.folder / "releases/wrong/*.parquet"))
    line = built.line("view", "mixed")
    assert line["out"] == 2 * min(2 * wrong, 2 * (120 - wrong))
    assert line["notes"]["repeats"] == line["out"] // 2 - wrong
    assert line["in"] == line["out"] + sum(line["aside"].values())


def test_views_of_other_forms_do_not_mix(site: Site) -> None:
    prepare(site, mixed={"mix": {"of": {"right": 1, "fixes": 1}}})
    said = site.longcot("build", site.own).complaint()
    assert (
        "views.mixed.mix.of.fixes: rows of `right` and `fixes` do not fit together: `fixed_id`"
        in said
    )


def test_a_mistake_in_a_role_is_told_before_anything_is_done(site: Site) -> None:
    prepare(site, fixes={**FIXES, "match": "fixed.tokns > 1"})
    said = site.longcot("build", site.own).complaint()
    assert f"{site.own}:" in said
    assert "views.fixes.match: there is no column `tokns`; did you mean `tokens`?" in said
