"""decontaminate in a whole build: found, reviewed, overridden, rechecked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.identity import problem_id
from tests.flows.conftest import Built, Site, new_receipts
from tests.flows.problems import VIEWS, problem, problems, recipe, trace, traces

CHILD = "How many apples are in the basket of Ann's sister?"
EXAM = [
    {"id": "e1", "problem": problem(3)["problem"], "answer": "7"},
    {"id": "e2", "problem": "A lighthouse blinks every 40 seconds and a buoy every 25. When next?"},
]


def content(**options: Any) -> dict[str, Any]:
    step = {"benchmarks": ["exam.jsonl"], "variant": "keep", **options}
    steps = ["screen", "dedupe", {"decontaminate": step}, "generate", "verify", "measure", "grade"]
    return recipe(sources=[{"path": "p.jsonl"}, {"path": "q.jsonl"}], steps=steps, views=VIEWS)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    site = new_site()
    site.env["LONGCOT_CACHE"] = str(site.path("cache"))
    site.jsonl("p.jsonl", problems(10))
    child = {"problem": CHILD, "answer": "7", "parent_id": problem_id(problem(3)["problem"])}
    site.jsonl("q.jsonl", [*problems(10, 15), child])
    site.jsonl("t.jsonl", [*traces(0, 15), {**trace(3, 9), "problem": CHILD}])
    site.jsonl("exam.jsonl", EXAM)
    site.recipe(content())
    site.built()
    return site


def test_the_funnel_counts_copies_and_what_was_made_from_them(site: Site) -> None:
    pool = Built(site.path("pool"))
    line = pool.line("decontaminate")
    assert line["aside"] == {"ngram": 1, "lineage": 1}
    assert (line["in"], line["out"]) == (16, 14)
    hits = pool.table("contamination")
    decided = dict(hits.group_by("decision").len().rows())
    assert decided == {"drop": 2, "keep": 14}  # every other problem is a variant
    for view in ("sft", "rlvr", "midtrain"):
        released = pl.read_parquet(pool.folder / "releases" / view / "*.parquet")
        assert not set(released["problem_id"]) & {problem_id(EXAM[0]["problem"]), problem_id(CHILD)}


@pytest.mark.slow
def test_an_override_redoes_its_shard_and_what_depends_on_it(site: Site) -> None:
    pool = Built(site.path("pool"))
    before = pool.work()
    keep = f"- {{problem_id: {problem_id(problem(3)['problem'])}, decision: keep, note: fine}}\n"
    site.path("people.yaml").write_text(keep)
    site.recipe(content(overrides="people.yaml"))
    site.built()
    fresh = new_receipts(before, pool.work())
    assert fresh["decontaminate"] == 2  # the shard of the problem, and the lineage
    assert pool.line("decontaminate")["aside"] == {}
    again = pool.work()
    site.built()
    assert pool.work() == again
    site.recipe(content())
    site.built()
    assert {n for n in pool.work() if n.startswith("receipts/d")} == {
        n for n in again if n.startswith("receipts/d")
    }


def test_recheck_reads_pools_and_releases(site: Site) -> None:
    run = site.longcot("recheck", "pool", "--benchmark", "exam.jsonl", "--out", "found")
    assert run.code == 0, run.err
    removals = pl.read_csv(site.path("found") / "removals.csv")
    dropped = removals.filter(pl.col("decision") == "drop")
    assert problem_id(EXAM[0]["problem"]) in set(dropped["problem_id"])
    assert problem_id(CHILD) in set(dropped.filter(pl.col("test") == "lineage")["problem_id"])
    assert "16 rows, 16 problems" in run.out and str(Path("found/hits.parquet")) in run.out
    release = site.longcot("recheck", "pool/releases/sft", "--benchmark", "exam.jsonl")
    assert release.code == 0, release.err
    assert "recheck/removals.csv" in release.out


def test_recheck_complains_in_one_paragraph(site: Site) -> None:
    told = site.longcot("recheck", "pool", "--benchmark", "no-such").complaint()
    assert "benchmark no-such: no such file" in told and "aime24" in told
    assert (
        "no pool here"
        in site.longcot("recheck", "cache/none", "--benchmark", "exam.jsonl").complaint()
    )
