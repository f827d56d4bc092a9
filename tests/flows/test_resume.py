"""What is finished is not done again: a re-run computes what changed and what depends on it."""

import subprocess
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from tests.flows.conftest import Api, Built, Site, new_receipts
from tests.flows.problems import STEPS, VIEWS, gold, problem, problems, recipe, traces

SOURCES = [{"path": "p.jsonl"}, {"path": "q.jsonl"}]
TEACHERS = [{"name": "t", "recorded": "t.jsonl"}, {"name": "u", "recorded": "u.jsonl"}]
PER_VIEW = {"select": 1, "release": 1}


def two_of_each(**changes: Any) -> dict[str, Any]:
    return recipe(sources=SOURCES, teachers=TEACHERS, **changes)


def with_options(**options: dict[str, Any]) -> list[Any]:
    return [{step: options[step]} if step in options else step for step in STEPS]


@pytest.fixture(scope="module")
def finished(new_site: Callable[..., Site]) -> Site:
    """A site whose pool is built; tests work on copies of it."""
    site = new_site()
    site.jsonl("p.jsonl", problems(30))
    site.jsonl("q.jsonl", problems(30, 50))
    site.jsonl("t.jsonl", traces(0, 30))
    site.jsonl("u.jsonl", traces(20, 50, samples=2))
    site.recipe(two_of_each())
    site.built()
    return site


@pytest.fixture
def site(finished: Site, new_site: Callable[..., Site]) -> Site:
    copy = new_site()
    names = ["p.jsonl", "q.jsonl", "t.jsonl", "u.jsonl", "pool"]
    # `cp -a` keeps times (so that sources look untouched) and the links of a release to its store.
    subprocess.run(
        ["cp", "-a", *[str(finished.path(name)) for name in names], str(copy.folder)], check=True
    )
    return copy


def rebuilt(site: Site, content: dict[str, Any]) -> tuple[dict[str, int], Built]:
    """Build again with a recipe: the receipts that each stage wrote, and the pool."""
    before = Built(site.path("pool")).work()
    site.recipe(content)
    pool = site.built()
    return new_receipts(before, pool.work()), pool


def test_an_unchanged_recipe_computes_nothing(finished: Site, api: Api) -> None:
    first = Built(finished.path("pool"))
    before, report = first.work(), first.report
    run = finished.build()
    assert (run.code, run.out.count("\n")) == (0, 1) and run.out.startswith("nothing to do: ")
    second = Built(finished.path("pool"))
    assert second.work() == before
    assert second.report == report
    runs = api.flow_runs(finished)
    assert len(runs) == 1  # Prefect was not asked
    names = {task["name"].split(":")[0] for task in api.task_runs(runs[0]["id"])}
    assert names >= {"ingest", "screen", "generate", "verify", "grade", "select", "release"}


def test_a_steps_option_and_a_views_option_touch_what_depends_on_them(site: Site) -> None:
    views = {**VIEWS, "sft": {"where": "verdict = 'correct'"}}
    new, pool = rebuilt(site, two_of_each(steps=with_options(grade={"easy": 0.6}), views=views))
    # Every view may read grades, so all are selected anew; only the changed one is written anew,
    # and the one that shows a problem's difficulty.
    assert new.pop("grade") == 1
    assert new.pop("select") == len(VIEWS)
    assert set(new) <= {"release"}
    assert pool.line("view", "sft")["out"] == pool.line("verify")["notes"]["correct"]


@pytest.mark.slow
def test_a_views_option_touches_only_that_view(site: Site) -> None:
    before = Built(site.path("pool")).work()
    views = {**VIEWS, "pairs": {k: v for k, v in VIEWS["pairs"].items() if k != "per_problem"}}
    views["sft"] = {"where": VIEWS["sft"]["where"]}
    new, pool = rebuilt(site, two_of_each(views=views))
    assert new == PER_VIEW
    changed = {name for name, facts in pool.work().items() if before.get(name) != facts}
    assert all("/sft" in name or name.startswith("receipts/") for name in changed), changed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "options", "stages"),
    [
        ("screen", {"checks": ["gold"]}, {"screen": 2}),
        ("verify", {"deadline": 5}, {"verify": 2, "grade": 1, "select": 4}),
        ("verify", {"memory_mb": 1000}, {"verify": 2, "grade": 1, "select": 4}),
    ],
)
def test_a_steps_option_recomputes_that_step_and_its_dependants(
    site: Site, step: str, options: dict[str, Any], stages: dict[str, int]
) -> None:
    new, _ = rebuilt(site, two_of_each(steps=with_options(**{step: options})))
    new.pop("release", None)
    assert {k: v for k, v in new.items() if k not in ("select",)} == {
        k: v for k, v in stages.items() if k not in ("select",)
    }


def test_added_rows_alone_are_computed_wherever_they_stand(site: Site) -> None:
    site.jsonl("p.jsonl", [*problems(10), *problems(60, 65), *problems(10, 30), problem(65)])
    more = traces(60, 66)
    site.jsonl("t.jsonl", [*traces(0, 10), *more[:9], *traces(10, 30), *more[9:]])
    new, pool = rebuilt(site, two_of_each())
    added = {"ingest": 1, "screen": 1, "sign": 1, "generate": 1, "verify": 1, "measure": 1}
    assert {stage: new[stage] for stage in added} == added
    verdicts = [s["rows"] for s in pool.manifest["tables"]["verdicts"]]
    assert sorted(verdicts) == sorted([90, 60, 18])
    assert pool.line("verify")["in"] == len(pool.table("verdicts")) == 168
    assert pool.table("problems")["problem_id"].is_unique().all()
    assert pool.table("traces")["trace_id"].is_unique().all()


@pytest.mark.slow
def test_an_edited_gold_is_verified_anew_and_its_old_row_leaves(site: Site) -> None:
    edited = [*problems(5), problem(5, answer=str(gold(5) + 1)), *problems(6, 30)]
    site.jsonl("p.jsonl", edited)
    _, pool = rebuilt(site, two_of_each())
    assert pool.line("ingest", "p")["out"] == 30
    rows = pool.table("problems").filter(pl.col("source_id").is_null())
    assert len(rows) == 50
    of_five = rows.filter(pl.col("problem") == problem(5)["problem"])
    assert of_five["answer"].to_list() == [str(gold(5) + 1)]
    judged = pool.table("traces").join(pool.table("verdicts"), on="trace_id")
    own = judged.filter(pl.col("problem_id") == of_five["problem_id"][0])
    # What was right is wrong now, and the other way round.
    assert (own["label"] != (own["verdict"] == "correct")).all() and len(own) == 3
    rest = judged.filter(pl.col("problem_id") != of_five["problem_id"][0])
    assert (rest["label"] == (rest["verdict"] == "correct")).all()
    assert len(judged) == 150


@pytest.mark.slow
def test_rows_that_left_the_source_leave_the_release(site: Site) -> None:
    site.jsonl("p.jsonl", problems(10))
    site.jsonl("t.jsonl", traces(0, 10))
    _, pool = rebuilt(site, two_of_each())
    assert pool.line("ingest", "p")["out"] == 10
    assert pool.line("generate", "t")["out"] == 30
    site.jsonl("p.jsonl", problems(30))
    site.jsonl("t.jsonl", traces(0, 30))
    _, pool = rebuilt(site, two_of_each())
    assert pool.line("verify")["in"] == 150
    assert pool.table("traces")["trace_id"].is_unique().all()


@pytest.mark.slow
def test_a_damaged_shard_is_named_and_replaced_once_deleted(site: Site) -> None:
    pool = Built(site.path("pool"))
    whole = pool.table("verdicts")
    shard = pool.folder / pool.manifest["tables"]["verdicts"][0]["path"]
    shard.write_bytes(shard.read_bytes()[:-50])
    site.recipe(two_of_each())
    told = site.build().complaint()
    assert str(shard) in told and "damaged" in told
    shard.unlink()
    again = site.built().table("verdicts")
    assert again.drop("seconds").equals(whole.drop("seconds"))
