"""The other commands: help with examples, queries, histories, and errors in one paragraph."""

import json
import re
from typing import Any

import polars as pl
import pytest

from tests.flows.conftest import Built, Site


@pytest.fixture
def site(small: Site) -> Site:
    return small


@pytest.fixture
def pool(small: Site) -> Built:
    return Built(small.path("pools/small"))


COMMANDS = [
    "build",
    "compare",
    "query",
    "show",
    "verify",
    "adjudicate",
    "recipes",
    "schema",
    "signals",
]


def test_help_lists_every_command(site: Site) -> None:
    run = site.longcot("--help")
    assert run.code == 0
    assert all(re.search(rf"\b{name}\b", run.out) for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_an_example(site: Site, command: str) -> None:
    run = site.longcot(command, "--help", COLUMNS="100")
    assert run.code == 0
    after = run.out.split("Example", 1)[1]
    assert f"longcot {command}" in after


def test_query_counts_what_the_pool_holds(site: Site, pool: Built) -> None:
    run = site.longcot("query", "SELECT count(*) AS rows, count(DISTINCT verdict) FROM pool")
    assert (run.code, run.err) == (0, "")
    assert "61" in run.out
    views = "SELECT (SELECT count(*) FROM view_sft), (SELECT count(*) FROM set_aside)"
    rows = pl.read_parquet(pool.folder / "releases/sft/*.parquet")
    found = [int(n) for n in re.findall(r"\d+", site.longcot("query", views).out) if int(n) > 1]
    assert found[-2:] == [len(rows), len(pool.table("set_aside"))]


def test_query_reads_a_release_without_its_pool(site: Site, pool: Built) -> None:
    folder = str(pool.folder / "releases/sft")
    run = site.longcot("query", "SELECT count(*) AS n FROM release", "--pool", folder)
    assert run.code == 0
    assert str(len(pl.read_parquet(f"{folder}/*.parquet"))) in run.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["query", "SELECT verdcit FROM pool"], ["verdcit", "verdict"]),
        (["query", "SELEC 1"], ["query", "SELEC"]),
        (["query", "SELECT * FROM nowhere"], ["nowhere"]),
        (["query", "SELECT 1", "--pool", "nothing-here"], ["nothing-here", "no pool here"]),
        (["show", "0123456789abcdef0123456789abcdef"], ["no problem, trace or rejected row"]),
        (["show", "xyz"], ["'xyz'", "hexadecimal"]),
        (["show", ""], ["no id"]),
        (["build", "no-such"], ["no-such", "quickstart"]),
    ],
)
def test_errors_are_one_paragraph(site: Site, arguments: list[str], told: list[str]) -> None:
    complaint = site.longcot(*arguments).complaint()
    assert all(words in complaint for words in told), complaint


def test_show_tells_the_history_of_a_problem(site: Site, pool: Built) -> None:
    row = pool.table("problems").row(0, named=True)
    run = site.longcot("show", row["problem_id"])
    assert run.code == 0
    assert row["problem"] in run.out
    for section in ("problem", "grades", "traces", "in views"):
        assert re.search(rf"^{section} ", run.out, re.MULTILINE), run.out


def test_show_tells_the_history_of_a_trace_by_its_prefix(site: Site, pool: Built) -> None:
    traced = pool.table("traces")
    ids = [*traced["trace_id"], *pool.table("problems")["problem_id"]]
    row = traced.row(0, named=True)
    run = site.longcot("show", shortest(row["trace_id"], ids), COLUMNS="200")
    assert run.code == 0
    assert row["reasoning"] in run.out and row["trace_id"] in run.out
    for section in ("trace", "verdicts", "signals", "problem", "grades of the problem"):
        assert re.search(rf"^{section} ", run.out, re.MULTILINE), run.out


def test_show_tells_why_a_problem_was_set_aside(site: Site, pool: Built) -> None:
    aside = pool.table("set_aside").filter(pl.col("reason") == "proof")["row_id"][0]
    run = site.longcot("show", aside)
    assert run.code == 0 and "proof" in run.out and "decisions" in run.out


def test_show_asks_for_more_digits_when_several_ids_begin_so(site: Site, pool: Built) -> None:
    ids = pool.table("problems")["problem_id"].to_list()
    first = [i[0] for i in ids]
    several = next(c for c in first if first.count(c) > 1)
    complaint = site.longcot("show", several).complaint()
    assert "several ids" in complaint and "more digits" in complaint


def shortest(wanted: str, ids: list[str]) -> str:
    """The shortest beginning that only this id has."""
    others: list[Any] = [i for i in ids if i != wanted]
    return next(
        wanted[:n] for n in range(4, 33) if not any(o.startswith(wanted[:n]) for o in others)
    )


def test_recipes_lists_the_shipped_ones(site: Site) -> None:
    run = site.longcot("recipes")
    assert run.code == 0 and "quickstart" in run.out and "limo" in run.out
    assert "# LIMO" in site.longcot("recipes", "limo").out
    assert "shipped: " in site.longcot("recipes", "lima").complaint()


def test_init_writes_a_recipe_of_one_s_own_and_overwrites_none(site: Site) -> None:
    run = site.longcot("init", "redi", "mine.yaml")
    assert run.code == 0 and "longcot check mine.yaml" in run.out
    assert site.path("mine.yaml").read_text() == site.longcot("recipes", "redi").out
    assert "stands there already" in site.longcot("init", "redi", "mine.yaml").complaint()


def test_schema_is_json_schema_of_the_recipe(site: Site) -> None:
    run = site.longcot("schema")
    assert run.code == 0
    assert {"name", "sources", "teachers", "steps", "views"} <= set(
        json.loads(run.out)["properties"]
    )
