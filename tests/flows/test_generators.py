"""Sources that are made: the same seed the same problems, a larger n the same ones first."""

import importlib.util
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.parts.generator import GENERATORS
from schemas.recipe.views import Source
from tasks.sources.generated import generated
from tests.flows.inline import Place
from tests.flows.problems import recipe
from verifiers import Problem, audit

OWN = sorted(name for name in GENERATORS if name != "gym")


@pytest.fixture
def site(tmp_path: Path) -> Place:
    return Place(tmp_path)


def prepare(site: Place, *sources: object, steps: tuple[str, ...] = ("screen",)) -> None:
    site.recipe(recipe(sources=list(sources), teachers=[], steps=list(steps), views={}))


def problems(site: Place) -> pl.DataFrame:
    return site.built().table("problems").sort("problem_id")


@pytest.mark.slow
def test_a_recipe_s_problems_are_made_and_more_come_behind(site: Place) -> None:
    prepare(site, {"generate": "knights", "n": 40, "seed": 1, "level": [2, 3]})
    few = problems(site)
    assert len(few) == 40
    assert set(few["level"]) == {"2", "3"}
    assert set(few["source"]) == {"knights"}
    assert few["answer"].null_count() == 0
    prepare(site, {"generate": "knights", "n": 60, "seed": 1, "level": [2, 3]})
    more = problems(site)
    assert len(more) == 60
    assert set(few["problem_id"]) < set(more["problem_id"])
    prepare(site, {"generate": "knights", "n": 60, "seed": 2, "level": [2, 3]})
    assert set(problems(site)["problem_id"]).isdisjoint(more["problem_id"])
    assert site.unchanged()


@pytest.mark.parametrize("name", OWN)
def test_every_gold_passes_the_audit_of_its_kind(name: str) -> None:
    source = Source(generate=name, n=20)
    for row in generated(source):
        content = row.content
        assert isinstance(content, dict)
        told = Problem("p", content["problem"], content["answer"], content["answer_kind"])
        assert audit(told).verdict == "correct", content


@settings(max_examples=20)
@given(st.sampled_from(OWN), st.integers(1, 30), st.integers(0, 99), st.integers(1, 10))
def test_a_larger_n_gives_the_same_ones_first(name: str, n: int, seed: int, more: int) -> None:
    first = list(generated(Source(generate=name, n=n, seed=seed)))
    whole = list(generated(Source(generate=name, n=n + more, seed=seed)))
    assert whole[:n] == first
    statements = [row.content["problem"] for row in whole if isinstance(row.content, dict)]
    assert len(set(statements)) == n + more


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ({"generate": "knigths", "n": 5}, "no generator `knigths`; did you mean `knights`?"),
        ({"generate": "knights", "n": 5, "level": [1, 9]}, "has the levels 1 to 4, not 1 to 9"),
        ({"generate": "knights"}, "`generate` needs `n`"),
        ({"generate": "knights", "n": 5, "path": "p.jsonl"}, "either `path`, `hub` or `generate`"),
        ({"path": "p.jsonl", "n": 5}, "`n`, `seed` and `level` are for `generate`"),
        ({"generate": "knights/easy", "n": 5}, "`knights` has no tasks"),
    ],
)
def test_what_cannot_be_made_is_told(site: Place, source: object, told: str) -> None:
    prepare(site, source)
    assert told in site.complaint()


def test_one_that_runs_dry_says_how_many_there_are(site: Place) -> None:
    from schemas.parts.generator import generator

    if "three" not in GENERATORS:

        @generator("three", "three problems", levels=(1, 1))
        def three(rng: Random, level: int) -> dict[str, str]:
            return {"problem": f"Problem {rng.randrange(3)}?", "answer": "1"}

    with pytest.raises(Exception, match="no more than 3 different problems"):
        list(generated(Source(generate="three", n=4)))


@pytest.mark.skipif(
    not importlib.util.find_spec("reasoning_gym"), reason="reasoning-gym is not installed"
)
def test_a_task_of_reasoning_gym_comes_with_its_scorer(site: Place) -> None:
    prepare(site, {"generate": "gym/countdown", "n": 12, "seed": 3})
    made = problems(site)
    assert set(made["answer_kind"]) == {"reasoning_gym"}
    built = site.built()
    assert built.line("screen")["out"] == len(made) == 12
    few = [row.content for row in generated(Source(generate="gym/leg_counting", n=20, seed=3))]
    whole = [row.content for row in generated(Source(generate="gym/leg_counting", n=30, seed=3))]
    assert whole[:20] == few
    assert len({one["problem"] for one in whole if isinstance(one, dict)}) == 30
    prepare(site, {"generate": "gym/countdwn", "n": 12})
    told = site.complaint()
    assert "`gym` has no task `countdwn`; did you mean `countdown`?" in told
