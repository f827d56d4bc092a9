"""Builds that ask a model: a judge for what the rules leave open, and ratings of problems."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from flows.cli.tables import print_report
from tests.flows.conftest import Built, Site, new_receipts
from tests.flows.problems import gold, problem, problems, recipe, statement, trace, traces
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

OPEN = range(0, 20)
"""Problems whose first trace says what no rule can read; the judge accepts the even ones."""


def judgement(i: int) -> str:
    """The judge agrees with the rules on decided traces, but for problem 30, and quotes them."""
    same = i % 2 == 0 if i in OPEN else i != 30
    return json.dumps({"answer": "is", "verdict": "same" if same else "different"})


@pytest.fixture(scope="module")
def judges() -> Iterator[Server]:
    says = {statement(i): judgement(i) for i in range(60)}
    with serve(Behaviour(says=says, model="judge-7b", dialect="inline")) as server:
        yield server


@pytest.fixture(scope="module")
def raters() -> Iterator[Server]:
    with serve(Behaviour(invalid_first=1, model="rater-7b")) as server:
        yield server


def source(last: int) -> list[dict[str, Any]]:
    """Right traces of every problem; the first of the open ones cannot be read."""
    rows = [row for row in traces(0, last) if row["label"]]
    for i in OPEN:
        said = f"<think>\nhm\n</think>\n\nThe answer is \\boxed{{\\frac{{{gold(i)} {{apples}}}}."
        rows.append({**trace(i, 7), "trace": said})
    return rows


def asking(judges: Server, raters: Server, **judge: Any) -> dict[str, Any]:
    rating = {"model": "rater-7b", "endpoint": raters.url, "n": 2}
    rating["prices"] = {"prompt": 1, "completion": 2}
    judging = {"model": "judge-7b", "endpoint": judges.url, "sample": 15, **judge}
    steps = ["screen", "dedupe", {"rate": rating}, "generate", "verify", {"judge": judging}]
    views = {
        "sft": {"where": "verdict = 'correct' and rating > 0"},
        "rlvr": {"where": "rating < 11"},
    }
    return recipe(steps=[*steps, "measure", "grade"], views=views)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site], judges: Server, raters: Server) -> Site:
    site = new_site()
    site.jsonl("p.jsonl", [*problems(40), problem(5), {**problem(0), "problem": "Prove it."}])
    site.jsonl("t.jsonl", source(40))
    site.recipe(asking(judges, raters))
    return site


@pytest.fixture(scope="module")
def pool(site: Site) -> Built:
    return site.built()


def test_the_judge_is_asked_only_where_the_rules_are_silent_and_about_a_sample(
    pool: Built, judges: Server
) -> None:
    line = pool.line("judge")
    undecided = pool.line("verify")["notes"]["undecided"]
    assert undecided == len(OPEN)
    assert line["in"] == pool.line("verify")["out"]
    assert line["out"] == undecided + 15
    assert line["aside"] == {"decided": line["in"] - line["out"]}
    assert line["notes"]["settled"] == undecided
    told = Counter(got.question for got in judges.log)
    assert set(told.values()) == {1}


def test_verdicts_stand_side_by_side_and_one_is_published(pool: Built) -> None:
    verdicts = pool.table("verdicts")
    own = verdicts.filter(pl.col("verifier") == "llm_judge:judge-7b")
    rules = verdicts.filter(pl.col("verifier") != "llm_judge:judge-7b")
    assert rules["trace_id"].n_unique() == len(rules) == len(pool.table("traces"))
    assert set(own["reason"]) == {"equal.judge", "differ.judge"}
    assert own["version"].str.starts_with("judge@").all()
    grades = pool.table("grades").filter(pl.col("solver") == "all")
    assert grades["undecided"].sum() == 0
    settled = own.join(rules, on="trace_id", suffix="_rules").filter(
        pl.col("verdict_rules") == "undecided"
    )
    assert settled["verdict"].value_counts().sort("verdict").rows() == [
        ("correct", 10),
        ("incorrect", 10),
    ]
    right = rules.filter(pl.col("verdict") == "correct").height + 10
    assert pool.line("view", "sft")["out"] == grades["correct"].sum() == right


def test_the_judge_is_measured_where_the_rules_decided(pool: Built, site: Site) -> None:
    both = [row for row in pool.report["judges"] if row["rules"] != "undecided"]
    assert sum(row["traces"] for row in both) == 15
    assert {row["judge"] for row in both} == {"llm_judge:judge-7b"}
    notes = pool.line("judge")["notes"]
    agree = sum(row["traces"] for row in both if row["rules"] == row["judged"])
    assert agree == notes["sample_agrees"] == 15 - notes.get("sample_differs", 0)
    screen = io.StringIO()
    print_report(Console(file=screen, width=200), pool.report)
    printed = screen.getvalue()
    assert "models that judge, beside the rules" in printed
    assert f"{agree / 15:.3f} (" in printed


def test_every_problem_that_was_not_set_aside_has_a_rating(pool: Built, raters: Server) -> None:
    ratings = pool.table("ratings")
    assert len(ratings) == pool.line("dedupe")["out"] == 40
    assert ratings["n"].to_list() == [2] * 40
    assert ratings["rating"].is_between(1, 10).all()
    line = pool.line("rate")
    assert line["aside"] == {"problem_set_aside": line["in"] - 40}
    assert pool.line("view", "rlvr")["out"] == 40
    answers = pool.table("answers").filter(pl.col("what") == "rate")
    assert len(answers) == 80 and answers["failure"].null_count() == 80
    # One reply of each problem was no JSON, and one of its two ratings was asked for again.
    assert answers["replies"].sum() == len(raters.log) == 120


def test_the_report_says_what_the_answers_cost(pool: Built, judges: Server, raters: Server) -> None:
    found = {row["what"]: row for row in pool.report["answers"]}
    for what, server in (("judge", judges), ("rate", raters)):
        assert found[what]["replies"] == len(server.log)
        assert found[what]["completion_tokens"] == sum(got.tokens for got in server.log)
    assert found["rate"]["money"] == pytest.approx(
        (found["rate"]["prompt_tokens"] + 2 * found["rate"]["completion_tokens"]) / 1e6
    )
    assert found["judge"]["money"] is None


def test_building_again_asks_nothing_and_writes_nothing(
    pool: Built, site: Site, judges: Server, raters: Server
) -> None:
    asked, work = len(judges.log) + len(raters.log), pool.work()
    site.built()
    assert len(judges.log) + len(raters.log) == asked
    assert new_receipts(work, pool.work()) == {}


def test_new_rows_ask_only_for_themselves(site: Site, judges: Server, raters: Server) -> None:
    site.jsonl("p.jsonl", problems(44))
    before = len(raters.log)
    grown = site.built()
    assert len(grown.table("ratings")) == 44
    assert len({got.question for got in raters.log[before:] if "cannot" not in got.question}) == 4


@pytest.mark.slow
def test_what_the_rules_no_longer_decide_is_not_bought_unasked(
    new_site: Callable[..., Site], judges: Server
) -> None:
    """Here because a gold answer was damaged; a new version of the verifiers comes to the same."""
    site = new_site()
    site.jsonl("t.jsonl", [row for row in traces(22, 26) if row["label"]])
    judging = {"model": "judge-7b", "endpoint": judges.url, "sample": 0}
    site.recipe(recipe(steps=["generate", "verify", {"judge": judging}], views={}))
    rows = [problem(i) for i in range(22, 26)]
    site.jsonl("p.jsonl", rows)
    site.built()
    asked = len(judges.log)
    site.jsonl("p.jsonl", [{**rows[0], "answer": "\\frac{1 {a}"}, *rows[1:]])
    run = site.build()
    built = Built(site.path("pool"))
    held = built.line("judge")["aside"]["not_asked"]
    assert held and len(judges.log) == asked
    assert f"judge: the rules had decided {held} traces and no longer do" in run.out
    assert [(row["verdict_before"], row["verdict"], row["traces"]) for row in
            built.report["changed_labels"]] == [("correct", "undecided", held)]  # fmt: skip
    assert "nothing to do" in site.build().out  # it still waits
    site.longcot("build", site.own, "--pool", "pool", "--allow-rejudge")
    assert len(judges.log) > asked
    assert "not_asked" not in Built(site.path("pool")).line("judge")["aside"]
    assert "nothing to do" in site.build().out


def complaint(new_site: Callable[..., Site], **judge: Any) -> str:
    site = new_site()
    site.jsonl("p.jsonl", problems(2))
    site.jsonl("t.jsonl", [{**trace(0, 0), "trace": "\\boxed{\\frac{1 {a}}"}])
    options = {"model": "m", "endpoint": "http://127.0.0.1:9/v1", **judge}
    site.recipe(recipe(steps=["screen", "generate", "verify", {"judge": options}], views={}))
    return site.build().complaint()


def test_a_prompt_that_names_what_is_not_there(new_site: Callable[..., Site]) -> None:
    told = complaint(new_site, prompt="ask/rate")
    assert "rate.yaml: names solution, which no row has; there are answer, " in told


def test_a_prompt_that_does_not_exist(new_site: Callable[..., Site]) -> None:
    assert "prompt mine.yaml: no such file" in complaint(new_site, prompt="mine.yaml")


def test_a_judge_that_cannot_be_reached(new_site: Callable[..., Site]) -> None:
    assert "judge: nothing answers at http://127.0.0.1:9/v1" in complaint(new_site)


@pytest.mark.slow
def test_a_pilot_asks_about_its_problems_alone_and_predicts_the_answers(
    new_site: Callable[..., Site], judges: Server, raters: Server
) -> None:
    site = new_site()
    site.jsonl("p.jsonl", problems(40))
    site.jsonl("t.jsonl", source(40))
    with serve(Behaviour(rate=2000)) as server:
        plan = asking(judges, raters, prices={"prompt": 3, "completion": 3})
        live = {"name": "live", "model": "teacher", "endpoint": server.url, "max_tokens": 64}
        site.recipe({**plan, "teachers": [*plan["teachers"], live]})
        before = len(judges.log), len(raters.log)
        assert site.longcot("plan", site.own, "--pool", "pool", "--problems", "10").code == 0
        told = json.loads(site.path("pool/plan.json").read_text())["forecast"]
        judged, pilot = (
            {i for i in range(40) for got in server.log[start:] if statement(i) in got.question}
            for server, start in zip((judges, raters), before, strict=True)
        )
        assert len(pilot) == 10
        assert judged and judged <= pilot
        built = site.built()
    said = {(row["of"], row["quantity"]): row for row in told}
    ratings = said["rate", "answers"]
    assert (ratings["pilot"], ratings["expected"]) == (20, 80)
    answers = built.table("answers")
    assert len(answers.filter(pl.col("what") == "rate")) == 80
    wanted = said["judge", "answers"]
    assert wanted["low"] <= built.line("verify")["notes"]["undecided"] <= wanted["high"]
    assert said["judge", "money"]["expected"] == pytest.approx(
        3 * sum(said["judge", f"{of}_tokens"]["expected"] for of in ("prompt", "completion")) / 1e6
    )
