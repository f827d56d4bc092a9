"""Live teachers in a real build: side by side, planned, costed, resumed."""

from typing import Any

import pytest

from tests.flows.conftest import Site
from tests.flows.problems import recipe
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

pytestmark = pytest.mark.slow  # each starts processes of its own and takes a minute

COUNT = 60
PROBLEMS = [{"problem": f"What is {n}+{n % 7}?", "answer": str(n + n % 7)} for n in range(COUNT)]


def live(server: Server, name: str = "t", **more: Any) -> dict[str, Any]:
    return {"name": name, "model": "teacher", "endpoint": server.url, "max_tokens": 256, **more}


def test_a_pilot_predicts_and_the_build_asks_for_the_rest_alone(site: Site) -> None:
    site.jsonl("p.jsonl", PROBLEMS)
    with serve(Behaviour(rate=2000)) as server:
        prices = {"prompt": 1.0, "completion": 4.0}
        site.recipe(recipe(teachers=[live(server, samples=3, prices=prices)]))
        plan = site.longcot("plan", site.own, "--pool", "pool", "--problems", "20")
        assert plan.code == 0, plan.err
        assert "from a pilot (90 % intervals)" in plan.out
        assert len(server.log) == 60
        forecast = site.path("pool/plan.json").read_text()
        built = site.built()
        assert len(server.log) == COUNT * 3
        assert built.line("generate")["out"] == COUNT * 3
        assert "forecast" in forecast
        again = site.built()
        assert len(server.log) == COUNT * 3
        assert again.report["funnel"] == built.report["funnel"]
    (cost,) = built.report["costs"]
    assert (cost["source"], cost["teacher"], cost["traces"]) == ("p", "t", COUNT * 3)
    traces = built.table("traces")
    assert cost["completion_tokens"] == traces["completion_tokens"].sum()
    money = (traces["prompt_tokens"].sum() + 4 * traces["completion_tokens"].sum()) / 1e6
    assert cost["money"] == pytest.approx(money)
    accepted = built.table("verdicts").filter(built.table("verdicts")["verdict"] == "correct")
    assert cost["accepted"] == len(accepted) > 0
    assert cost["money_per_accepted"] == pytest.approx(money / len(accepted))
    assert cost["hours"] > 0


def test_the_forecast_holds_what_the_whole_build_makes(site: Site) -> None:
    site.jsonl("p.jsonl", PROBLEMS)
    with serve(Behaviour(rate=2000)) as server:
        site.recipe(recipe(teachers=[live(server, samples=2)]))
        assert site.longcot("plan", site.own, "--pool", "pool", "--problems", "25").code == 0
        from json import loads

        told = loads(site.path("pool/plan.json").read_text())["forecast"]
        built = site.built()
    said = {(row["of"], row["quantity"]): row for row in told}
    traces = built.table("traces")
    assert said["t", "traces"]["low"] == said["t", "traces"]["high"] == COUNT * 2
    tokens = said["t", "completion_tokens"]
    assert tokens["low"] * 0.97 <= traces["completion_tokens"].sum() <= tokens["high"] * 1.03
    rows = said["view sft", "rows"]
    assert rows["low"] <= built.line("view", "sft")["out"] <= rows["high"]


def test_two_teachers_are_asked_side_by_side_and_set_aside_problems_not_at_all(site: Site) -> None:
    figure = {"problem": "In the figure below, what is 1+1?", "answer": "2"}
    site.jsonl("p.jsonl", [*PROBLEMS[:20], figure])
    with serve(Behaviour(rate=60)) as one, serve(Behaviour(rate=60)) as two:
        teachers = [live(one, "a"), live(two, "b", prompt="boxed")]
        site.recipe(recipe(teachers=teachers))
        built = site.built()
        for server in (one, two):
            assert len(server.log) == 20
            assert not [r for r in server.log if "figure" in r.question]
        assert min(r.at for r in two.log) < max(r.at + (r.seconds or 0) for r in one.log)
    assert [line["label"] for line in built.report["funnel"] if line["stage"] == "generate"] == [
        "a",
        "b",
    ]
    solvers = {row["solver"] for row in built.report["pass_rates"]}
    assert solvers == {"a", "b", "all"}


def test_a_plan_needs_a_live_teacher(site: Site) -> None:
    site.jsonl("p.jsonl", PROBLEMS[:2])
    site.jsonl("t.jsonl", [])
    site.recipe(recipe())
    said = site.longcot("plan", site.own)
    assert said.code == 1
    assert "no live teacher, so there is nothing to plan" in said.err


def test_a_template_that_names_what_no_problem_has_is_told_before_anything_is_done(
    site: Site,
) -> None:
    site.jsonl("p.jsonl", PROBLEMS[:2])
    text = "description: x\nmessages: [{role: user, content: '{{ problm }}'}]\n"
    site.path("mine.yaml").write_text(text)
    teacher = {"name": "t", "model": "m", "endpoint": "http://127.0.0.1:9/v1"}
    site.recipe(recipe(teachers=[{**teacher, "prompt": "mine.yaml"}]))
    assert "mine.yaml: names problm, which no row has; there are answer" in site.build().err
    assert not site.path("pool/problems").exists()
    site.recipe(recipe(teachers=[{**teacher, "prompt": "boxd"}]))
    assert "prompt boxd: no such file and no shipped template (shipped: base_model" in (
        site.build().err
    )


def test_an_unknown_sampling_key_is_refused_by_name(site: Site) -> None:
    site.jsonl("p.jsonl", PROBLEMS[:2])
    teacher = {"name": "t", "model": "m", "endpoint": "http://127.0.0.1:9/v1", "temprature": 0.6}
    site.recipe(recipe(teachers=[teacher]))
    assert "unknown key `temprature` in teachers.0; did you mean `temperature`?" in site.build().err
