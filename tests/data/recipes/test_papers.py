"""Each recipe of a paper beside SQL that was written from the paper, over one slice of problems."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl
import pytest
import yaml

from flows.cli.recipe_names import SHIPPED
from flows.prepare import declared
from flows.recipe_file import load_recipe
from tasks.llm.prompts import load
from tasks.views.check import check_views
from tests.data.recipes.published import FAMILIES, PAPERS
from tests.data.recipes.published.paper import Paper
from tests.data.recipes.sliced import OF, PROBLEMS, THOUSANDTH, Tables, build_slice
from tests.flows.inline import build

FILES = {path.stem: path for path in (SHIPPED / "papers").rglob("*.yaml")}

NUMBER = re.compile(r"(?<![\w.'-])\d+(?:\.\d+)?(?![\w.'-])")  # a threshold, not r1-32b


class Built(NamedTuple):
    """A paper's recipe and the pool that it builds of the slice."""

    name: str
    paper: Paper
    recipe: dict[str, Any]
    folder: Path
    tables: Tables

    def released(self, view: str) -> pl.DataFrame:
        """What the view released."""
        return pl.read_parquet(self.folder / f"pool/releases/{view}/*.parquet")


@pytest.fixture(scope="module", params=sorted(PAPERS))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    recipe = yaml.safe_load(FILES[name].read_text("utf-8"))
    build_slice(folder, PAPERS[name], recipe, build)
    return Built(name, PAPERS[name], recipe, folder, Tables(folder, PAPERS[name]))


@pytest.mark.parametrize("name", sorted(FILES))
def test_it_is_whole_and_says_where_it_is_from(name: str) -> None:
    recipe = load_recipe(FILES[name])
    assert recipe.name == name
    assert recipe.description
    check_views(recipe.views, declared(recipe.steps))
    for teacher in recipe.teachers:
        for prompt in getattr(teacher, "prompt", []):
            load(prompt, Path())
    told = FILES[name].read_text("utf-8")
    for part in ("# Published: ", "# Here: ", "https://"):
        assert part in told
    (family,) = (f for f in FAMILIES if name in f.PAPERS)
    assert family.__name__.endswith(f".{FILES[name].parent.name}")


@pytest.mark.slow
def test_its_views_are_what_the_paper_says(built: Built) -> None:
    _, paper, recipe, _, tables = built
    assert paper.views or "pairs" in recipe["views"]
    for view, where in paper.views.items():
        rows = built.released(view)
        kept = recipe["views"][view].get("per_problem")
        kept = kept.get("keep", 1) if isinstance(kept, dict) else kept
        one_each = kept == 1 or "prompt" in rows.columns
        column = "problem_id" if one_each else "trace_id"
        found = tables.ids(column, where)
        everything = tables.ids(column, "true")
        if caps := recipe["views"][view].get("caps"):
            caps_hold(rows, caps, len(found))
            assert set(rows[column]) <= found
        else:
            assert set(rows[column]) == found, view
            assert found and found < everything, f"{view}: the slice has no row on one side"
        assert not one_each or rows["problem_id"].is_unique().all()
        for moved in nudged(where):
            assert any(tables.ids(column, other) != found for other in moved), moved
    for view, where in paper.best.items():
        assert set(built.released(view)["trace_id"]) <= tables.ids("trace_id", where), view
    for place, value in paper.values.items():
        values_hold(built, place, value)
    if "pairs" in recipe["views"]:
        pairs_are_right(built)


@pytest.mark.slow
def test_what_comes_in_and_what_is_mixed_is_what_the_paper_says(built: Built) -> None:
    name, paper, recipe, folder, _ = built
    if paper.comes_in:
        came_in = len(pl.read_parquet(folder / "pool/problems/*.parquet"))
        files = str(folder / "problems-*.jsonl")
        said = f"FROM read_json('{files}') WHERE {paper.comes_in}"
        told = duckdb.connect().execute(said).fetchall()
        assert came_in == len(told) < PROBLEMS
    for view, said in recipe["views"].items():
        if "mix" in said:
            shares_hold(built, view, said["mix"]["of"])
    if paper.elected:
        assert set(built.released(paper.elected)["gold_origin"]) == {"source", "majority"}
    if name == "llama-nemotron":
        modes_are_even(built)
    if name == "s1k":
        assert built.released("sft")["domain"].n_unique() == 3


def nudged(where: str) -> Iterator[list[str]]:
    """For each threshold of a condition the conditions with it moved to either side."""
    for number in NUMBER.finditer(where):
        value = float(number[0])
        step = 0.15 if "." in number[0] else 1 if value < 100 else 600
        yield [
            f"{where[: number.start()]}{value + move:g}{where[number.end() :]}"
            for move in (step, -step)
        ]


def caps_hold(rows: pl.DataFrame, caps: dict[str, int], of: int) -> None:
    """No value of a column has more rows than its cap, and some had more than that."""
    for column, cap in caps.items():
        told = {"source": "data_source"}.get(column, column)
        counts = rows[told].value_counts()["count"].to_list()
        assert max(counts) == cap // THOUSANDTH and len(rows) < of


def values_hold(built: Built, place: str, value: str) -> None:
    """A column of a view holds for each row what the paper's words say."""
    view, _, column = place.partition(".")
    rows = built.released(view)
    key = "problem_id" if "prompt" in rows.columns else "trace_id"
    told = dict(built.tables.rows(f"{OF[key]}.{key}, {value}", "true"))
    assert rows[column].n_unique() > 1
    for row in rows.iter_rows(named=True):
        assert row[column] == told[row[key]], place


def pairs_are_right(built: Built) -> None:
    """Both sides are as told, and every problem that has both gives a pair."""
    rows = built.released("pairs")
    right, wrong = built.paper.pairs
    ids = built.tables.ids
    assert set(rows["chosen_id"]) <= ids("trace_id", right)
    assert set(rows["rejected_id"]) <= ids("trace_id", wrong)
    both = ids("problem_id", right) & ids("problem_id", wrong)
    assert set(rows["problem_id"]) == both != set()


def shares_hold(built: Built, mixed: str, of: dict[str, float]) -> None:
    """A mix has of each view its share, within a row, and as many as the scarcest allows."""
    ids = built.released(mixed)["trace_id"]
    parts = {view: built.released(view)["trace_id"] for view in of}
    for view, share in of.items():
        taken = int(ids.is_in(parts[view].implode()).sum())
        assert abs(taken - len(ids) * share / sum(of.values())) <= 1, view
    whole = min(len(parts[view]) * sum(of.values()) / share for view, share in of.items())
    assert abs(len(ids) - whole) <= len(of)


def modes_are_even(built: Built) -> None:
    """As many rows with a thought as without, each under its own system text."""
    sizes = [len(built.released(view)) for view in ("think", "plain", "hybrid")]
    assert sizes[2] == 2 * min(sizes[:2])
    said = built.released("hybrid")["messages"].list.first().struct.field("content")
    half = sizes[2] // 2
    assert dict(said.value_counts().iter_rows()) == {
        "detailed thinking on": half, "detailed thinking off": half,
    }  # fmt: skip
