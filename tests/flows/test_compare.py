"""compare: views and recipes over one pool."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.recipe_file import load_recipe
from tasks.pool.store import Pool
from tasks.reports.comparison.figures import compared, figures_of
from tasks.reports.comparison.sides import sides_of
from tests import ROOT
from tests.flows.conftest import Built, Site
from tests.flows.inline import build
from tests.flows.problems import STEPS, VIEWS, lines, problems, recipe, traces

EVERY: dict[str, Any] = {
    **VIEWS,
    "few": {"where": "verdict = 'correct'", "caps": {"teacher": 9}, "sample": 7, "order": "tokens"},
    "unlike": {"format": "sft", "per_problem": {"keep": 1, "by": "diverse"}},
    "spread": {"format": "rlvr", "sample": {"n": 9, "by": "diverse"}},
    "near": {
        "chosen": "verdict = 'correct'",
        "rejected": "verdict = 'incorrect'",
        "match": "abs(chosen.tokens - rejected.tokens) < 5",
    },
    "mended": {
        "roles": {"wrong": "verdict = 'incorrect'", "fixed": "verdict = 'correct'"},
        "messages": [{"user": "{{ wrong.text }}"}, {"assistant": "{{ fixed.text }}"}],
    },
    "label": {"format": "unpaired", "splits": {"train": 0.7, "test": 0.3}},
    "mixed": {"mix": {"of": {"sft": 0.5, "few": 0.5}, "repeat": 3}},
}
"""A view of every sort."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with problems and traces, where one stands."""
    folder = tmp_path_factory.mktemp("place")
    folder.joinpath("p.jsonl").write_bytes(lines(problems(24)))
    folder.joinpath("t.jsonl").write_bytes(lines(traces(0, 24)))
    with chdir(folder):
        yield folder


def written(name: str, views: dict[str, Any]) -> str:
    steps = [*STEPS[:-2], "dedupe_traces", *STEPS[-2:]]
    Path(name).write_text(yaml.safe_dump(recipe(steps=steps, views=views), sort_keys=False))
    return name


def views_of(name: str) -> Any:
    return load_recipe(Path(name)).views


def of(rows: pl.DataFrame) -> Counter[tuple[str, ...]]:
    return Counter((problem, *ids) for problem, ids in rows.iter_rows())


def check_alike(pool: Pool, name: str, views: dict[str, Any]) -> None:
    """What a recipe would select is what it released, to the row, in every figure."""
    for view in views:
        anew, released = sides_of(pool, [f"{name}:{view}", view], views_of)
        assert of(anew.rows) == of(released.rows)
        files = [
            pl.read_parquet(path) for path in Path(pool.root).glob(f"releases/{view}/*.parquet")
        ]
        assert len(released.rows) == sum(map(len, files))
        figures = [figures_of(pool, side) for side in (anew, released)]
        named = [{k: v for k, v in one.items() if k not in ("side", "origin")} for one in figures]
        assert named[0] == named[1]


@pytest.mark.slow
def test_a_recipe_s_views_are_those_that_it_releases(place: Path) -> None:
    written("every.yaml", EVERY)
    build("every.yaml", "every")
    pool = Pool("every")
    check_alike(pool, "every.yaml", EVERY)
    assert {name for name in EVERY if not len(sides_of(pool, [name], views_of)[0].rows)} == set()


CONDITIONS = [None, "verdict = 'correct'", "pass_rate > 0.4", "tokens > 30", "sample < 2", "false"]
PLAIN = st.fixed_dictionaries(
    {"format": st.sampled_from(["sft", "midtrain", "unpaired", "rlvr", "alpaca"])},
    optional={
        "where": st.sampled_from([None, "pass_rate > 0.4", "pass_rate < 1", "false"]),
        "sample": st.integers(1, 30),
        "caps": st.just({"domain": 11}),
        "seed": st.integers(0, 3),
    },
)
PAIRS = st.fixed_dictionaries(
    {"chosen": st.sampled_from(CONDITIONS[1:]), "rejected": st.sampled_from(CONDITIONS[1:])},
    optional={"per_problem": st.integers(1, 2), "sample": st.integers(1, 30)},
)


@pytest.mark.slow
@settings(max_examples=4)
@given(st.lists(PLAIN | PAIRS, min_size=6, max_size=6))
def test_that_holds_whatever_the_views_ask(place: Path, views: list[dict[str, Any]]) -> None:
    named = {f"v{number}": view for number, view in enumerate(views)}
    written("drawn.yaml", named)
    build("drawn.yaml", "drawn")
    check_alike(Pool("drawn"), "drawn.yaml", named)


def test_versions_are_compared_over_the_pool_as_it_was(place: Path) -> None:
    build(written("grown.yaml", {"sft": VIEWS["sft"]}), "grown")
    build(written("grown.yaml", {"sft": {**VIEWS["sft"], "per_problem": 2}}), "grown")
    pool = Pool("grown")
    found = compared(pool, sides_of(pool, ["1", "2:sft", "sft"], views_of))
    assert [side["side"] for side in found["sides"]] == ["1:sft", "2:sft", "sft"]
    assert [side["origin"] for side in found["sides"]] == ["version 1", "version 2", "version 2"]
    before, after = found["overlap"][0], found["overlap"][2]
    assert before["traces"]["of_one"] == 1 > before["traces"]["of_other"]
    assert after["traces"]["jaccard"] == after["problems"]["jaccard"] == 1


@pytest.fixture(scope="module")
def quickstart(new_site: Callable[..., Site]) -> tuple[Site, Built]:
    site = new_site()
    run = site.longcot("build", "quickstart", "--pool", "pool")
    assert run.code == 0, run.err
    return site, Built(site.path("pool"))


@pytest.mark.slow
def test_the_quickstart_s_views_stand_side_by_side(quickstart: tuple[Site, Built]) -> None:
    site, built = quickstart
    names = ["sft", "pairs", "rlvr", "midtrain"]
    told = site.longcot("compare", *names, "quickstart", "--pool", "pool", "--json")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert [side["side"] for side in found["sides"]] == [
        *names,
        *(f"quickstart:{n}" for n in names),
    ]
    for view, side in zip([*names, *names], found["sides"], strict=True):
        rows = pl.read_parquet(built.folder / f"releases/{view}/*.parquet")
        assert side["rows"] == len(rows) and side["problems"] == rows["problem_id"].n_unique()
    pairs = {(row["one"], row["other"]): row for row in found["overlap"]}
    assert len(pairs) == 8 * 7 // 2
    for name in names:
        assert pairs[name, f"quickstart:{name}"]["problems"]["jaccard"] == 1
    run = site.longcot("compare", *names, "--pool", "pool", "--svg", "a.svg", COLUMNS="150")
    assert run.code == 0, run.err
    for words in ("tokens of a trace: median", "pass rate: mean", "domain: logic", "from", "rows",
                  "traces with a thought", "wrong labels, estimated", "unknown (0 decisions)",
                  "problems that two have", "traces that two have", "(100%)"):  # fmt: skip
        assert words in run.out, words
    assert ElementTree.fromstring(site.path("a.svg").read_text()).tag.endswith("svg")


@pytest.mark.slow
def test_published_recipes_stand_beside_a_view(quickstart: tuple[Site, Built]) -> None:
    site, _ = quickstart
    run = site.longcot("compare", "sft", "openr1-math", "redi:pairs", "--pool", "pool")
    assert run.code == 0 and "openr1-math:sft" in run.out and "redi:pairs" in run.out, run.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sfx"], ["sfx: no view of", "sft, pairs, rlvr, midtrain", "no shipped recipe"]),
        (["sft", "7"], ["there is no version 7", "there is: 1"]),
        (["limo"], ["limo:sft", "cannot be selected", "words", "Columns of the pool"]),
        (["redi:sft"], ["redi has no view `sft`", "pairs"]),
        (["sft", "--svg", "no/such/a.svg"], ["no/such/a.svg", "cannot be written"]),
    ],
)
def test_errors_are_one_paragraph(
    quickstart: tuple[Site, Built], arguments: list[str], told: list[str]
) -> None:
    complaint = quickstart[0].longcot("compare", *arguments, "--pool", "pool").complaint()
    assert all(words in complaint for words in told), complaint


def test_a_pool_of_an_older_format_is_compared_where_it_lies() -> None:
    (folder,) = (ROOT / "tests/data/pools").iterdir()
    (side,) = sides_of(Pool(folder / "pool"), [f"{folder / 'r.yaml'}:sft"], views_of)
    released = pl.read_parquet(folder / "pool/releases/sft/*.parquet")
    assert of(side.rows) == Counter(released.select("problem_id", "trace_id").rows())
    assert figures_of(Pool(folder / "pool"), side)["rows"] == len(released) > 0
