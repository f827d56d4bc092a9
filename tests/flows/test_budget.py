"""The end of buying: a budget that no build of a pool exceeds, and a view that holds enough."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.build import finished
from schemas.errors import RecipeError
from tests.flows.asking import Workshop, asked_again, line, model
from tests.flows.problems import gold, statement
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

STEPS = ["generate", "verify", "grade"]
VIEWS = {"sft": {"where": "verdict = 'correct'", "per_problem": 1}}
PRICES = {"prompt": 1.0, "completion": 2.0}
IN_FLIGHT = 4


@pytest.fixture
def server() -> Iterator[Server]:
    """A teacher that is right about every second problem, and slow enough that requests queue."""
    said = {
        statement(i): f"<think>\nHm, {i}.\n</think>\n\n\\boxed{{{gold(i) + i % 2}}}"
        for i in range(120)
    }
    with serve(Behaviour(says=said, dialect="inline", delay=0.02, metrics=False)) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, 120)


def prepare(shop: Workshop, server: Server, *steps: Any, **more: Any) -> None:
    own = {**model(server, "t"), "samples": 2, "in_flight": IN_FLIGHT, "prices": PRICES}
    shop.recipe([*STEPS, *steps], teachers=[own], **{"views": VIEWS, **more})


def bought(shop: Workshop) -> int:
    (row,) = shop.sql("SELECT sum(prompt_tokens + completion_tokens)::BIGINT AS n FROM traces")
    return int(row["n"] or 0)


@pytest.mark.slow
def test_buying_ends_with_the_budget_and_a_larger_one_goes_on(
    shop: Workshop, server: Server
) -> None:
    prepare(shop, server)
    shop.build(pool="whole")
    everything = len(server.log)
    assert everything == 240
    prepare(shop, server, budget={"tokens": 2000})
    report = shop.build()
    first = len(server.log) - everything
    one = bought(shop) / first
    assert 0 < first < everything
    assert 2000 <= bought(shop) <= 2000 + (IN_FLIGHT + 1) * one * 1.5
    assert report["budget"]["reached"] and report["budget"]["spent"]["tokens"] == bought(shop)
    assert line(report, "verify")["in"] == first, "the steps after it run on what there is"
    assert len(shop.view("sft")) > 0
    assert finished(str(shop.folder / "recipe.yaml"), str(shop.folder / "pool"))
    shop.build()
    assert len(server.log) == everything + first, "the same budget buys nothing more"
    prepare(shop, server, budget={"tokens": 10**9})
    report = shop.build()
    assert not report["budget"]["reached"]
    assert len(server.log) == 2 * everything, "nothing is bought twice, nothing is left out"
    assert report["budget"]["spent"]["tokens"] == bought(shop)


def test_money_is_counted_by_the_prices(shop: Workshop, server: Server) -> None:
    prepare(shop, server, budget={"money": 0.002})
    report = shop.build()
    (row,) = shop.sql(
        "SELECT (sum(prompt_tokens) + 2 * sum(completion_tokens)) / 1e6 AS money FROM traces"
    )
    assert report["budget"]["spent"]["money"] == pytest.approx(row["money"])
    assert 0.002 <= row["money"] < 0.004


@pytest.mark.slow
def test_a_kill_forgets_nothing_that_was_spent(shop: Workshop, server: Server) -> None:
    prepare(shop, server, budget={"tokens": 4000})
    kill = shop.killed(server, 30)
    report = shop.build()
    assert asked_again(server, [kill]) == []
    assert report["budget"]["reached"]
    assert report["budget"]["spent"]["tokens"] == bought(shop)
    answered = bought(shop) / len([got for got in server.log if got.completed])
    assert bought(shop) <= 4000 + (2 * IN_FLIGHT + 2) * answered * 1.5


def test_questions_keep_to_it_too_and_are_asked_when_it_is_raised(
    shop: Workshop, server: Server
) -> None:
    shop.prompt("clear", "Is it clear? {{ problem }}")
    ask = {"ask": {"name": "clarity", "prompt": "clear.yaml", "teacher": "m",
                   "answer": {"clear": "bool"}}}  # fmt: skip
    judge = {**model(server, "m"), "in_flight": IN_FLIGHT, "prices": PRICES}
    steps, views = [ask], {"rl": {"where": "clarity.clear is not null", "format": "rlvr"}}
    shop.recipe(steps, judge, teachers=[], views=views, budget={"tokens": 1500})
    report = shop.build()
    told = line(report, "clarity")
    assert 0 < told["out"] < told["in"] == 120
    assert told["aside"]["no_answer"] == told["in"] - told["out"]
    asked = len(server.log)
    shop.build()
    assert len(server.log) == asked
    shop.recipe(steps, judge, teachers=[], views=views, budget={"tokens": 10**9})
    report = shop.build()
    assert line(report, "clarity")["out"] == 120
    assert not [got for got in server.log if got.attempt > 1], "no answer is paid for twice"


@pytest.mark.slow
def test_a_target_ends_the_buying_and_the_same_recipe_comes_to_the_same(
    shop: Workshop, server: Server
) -> None:
    prepare(shop, server, target={"view": "sft", "rows": 20})
    report = shop.build()
    rows = shop.view("sft")
    assert len(rows) >= 20
    asked = len(server.log)
    assert asked < 2 * 120, "the rest is not bought"
    (made,) = report["views"]
    assert made["rows"] == len(rows)
    assert finished(str(shop.folder / "recipe.yaml"), str(shop.folder / "pool"))
    shop.build()
    assert len(server.log) == asked
    assert shop.view("sft").equals(rows)
    prepare(shop, server, target={"view": "sft", "rows": 40})
    shop.build()
    assert len(shop.view("sft")) >= 40
    assert set(rows["trace_id"]) <= set(shop.view("sft")["trace_id"])
    assert not [got for got in server.log if got.attempt > 1]


def test_a_target_that_cannot_be_reached_buys_everything_and_says_so(
    shop: Workshop, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(shop, server, target={"view": "sft", "rows": 1000})
    shop.build()
    assert "60 of 1,000 rows after 120 of 120 problems; nothing is left to buy" in (
        capsys.readouterr().err
    )


def test_a_target_ends_with_the_budget(
    shop: Workshop, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(shop, server, target={"view": "sft", "rows": 1000}, budget={"tokens": 2000})
    shop.build()
    assert "the budget is spent" in capsys.readouterr().err
    assert len(server.log) < 240


@pytest.mark.slow
def test_a_killed_target_goes_on(shop: Workshop, server: Server) -> None:
    prepare(shop, server, target={"view": "sft", "rows": 30})
    kill = shop.killed(server, 40)
    shop.build()
    assert asked_again(server, [kill]) == []
    assert len(shop.view("sft")) >= 30


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"target": {"view": "gone", "rows": 5}}, "target.view: no view is called `gone`"),
        ({"budget": {}}, "a budget has `tokens`, `money`, or both"),
        ({"budget": {"tokens": 0}}, "greater than 0"),
    ],
)
def test_what_cannot_be_is_told(
    shop: Workshop, server: Server, more: dict[str, Any], told: str
) -> None:
    prepare(shop, server, **more)
    with pytest.raises(RecipeError, match=told):
        shop.build()


def test_money_needs_prices(shop: Workshop, server: Server) -> None:
    free = {**model(server, "t"), "samples": 2}
    shop.recipe(STEPS, teachers=[free], views=VIEWS, budget={"money": 5})
    with pytest.raises(RecipeError, match=r"budget\.money: `t` has no `prices`"):
        shop.build()


def test_recipes_without_them_keep_their_fingerprints() -> None:
    from flows.recipe import Recipe
    from tests.flows.problems import recipe

    plain = Recipe.model_validate(recipe())
    assert {"target", "budget"}.isdisjoint(plain.model_dump(mode="json"))
