"""Rows that beget rows: new traces and problems, with their descent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.errors import LongcotError
from tasks.pool.build import Choices
from tests import ROOT
from tests.flows.asking import Workshop, asked_again, line, model
from tests.flows.problems import gold, problem, statement
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def workshop(folder: Path, last: int = 12) -> Workshop:
    shop = Workshop(folder, last)
    shop.prompt("shorten", "Shorten this: {{ problem }} {{ reasoning }}")
    return shop


def short(i: int) -> str:
    """What the model says of any trace of problem `i`: the same, so that parents share a child."""
    return f"<think>\nShort {i}.\n</think>\n\nThe answer is \\boxed{{{gold(i)}}}."


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(says(short)) as running:
        yield running


def says(answer: Any, **more: Any) -> Behaviour:
    told = {statement(i): answer(i) for i in range(40)}
    return Behaviour(says=told, dialect="inline", **more)


def derive(**more: Any) -> dict[str, Any]:
    plain = {"name": "short", "from": "traces", "prompt": "shorten.yaml", "teacher": "m",
             "makes": "trace", "where": "verdict = 'correct'"}  # fmt: skip
    return {"derive": {**plain, **more}}


TRACES = ["generate", "verify", "grade", derive(), "verify", "grade"]


def test_a_derived_trace_is_a_trace_with_all_its_parents(shop: Workshop, server: Server) -> None:
    views = {"sft": {"where": "how = 'short' and verdict = 'correct'"}}
    shop.recipe(TRACES, model(server), views=views)
    report = shop.build()
    told = line(report, "short")
    assert (told["in"], told["out"], told["aside"]) == (36, 24, {"not_chosen": 12})
    told = line(report, "short", "children")
    assert (told["in"], told["out"], told["aside"]) == (24, 12, {"repeated": 12})
    assert line(report, "verify")["in"] == 36 and line(report, "verify", "#2")["in"] == 12
    rows = shop.sql("SELECT problem, reasoning, verdict, how FROM pool WHERE teacher = 'm'")
    assert {(r["problem"], r["reasoning"], r["verdict"], r["how"]) for r in rows} == {
        (statement(i), f"Short {i}.", "correct", "short") for i in range(12)
    }
    pairs = shop.sql("SELECT child, parent, how, generation FROM lineage")
    assert len(pairs) == 24 and {(p["how"], p["generation"]) for p in pairs} == {("short", 1)}
    assert len(shop.view("sft")) == 12
    (parents,) = shop.sql(
        "SELECT count(*) AS n FROM pool c JOIN lineage l ON l.child = c.trace_id "
        "JOIN traces p ON p.trace_id = l.parent AND p.problem_id = c.problem_id"
    )
    assert parents["n"] == 24
    shop.build()
    assert shop.runner.ran == [] and len(server.log) == 24
    assert report["answers"][0]["what"] == "short" and report["answers"][0]["answers"] == 24


@pytest.mark.parametrize(("derived", "samples"), [(False, 3), (True, 4)])
def test_derived_traces_count_in_a_pass_rate_where_told(
    derived: bool, samples: int, shop: Workshop, server: Server
) -> None:
    steps = ["generate", "verify", derive(), "verify", {"grade": {"derived": derived}}]
    shop.recipe(steps, model(server))
    shop.build()
    assert {row["n"] for row in shop.sql("FROM grades WHERE solver = 'all'")} == {samples}


def test_fields_of_an_answer_are_the_trace_and_not_what_the_model_thought(shop: Workshop) -> None:
    told = json.dumps({"reasoning": "So 3.", "response": "\\boxed{1}", "change": "shorter"})
    fields = {"reasoning": "text", "response": "text", "change": "text"}
    with serve(says(lambda i: f"Let me see. {told}", structured="unsupported")) as server:
        shop.recipe(["generate", "verify", derive(answer=fields)], model(server))
        shop.build()
    rows = shop.sql("SELECT reasoning, response, state FROM traces WHERE teacher = 'm'")
    assert len(rows) == 12 and {tuple(row.values()) for row in rows} == {
        ("So 3.", "\\boxed{1}", "complete")
    }


def test_a_child_that_says_what_a_row_says_is_that_row(shop: Workshop) -> None:
    (first,) = [row["trace"] for row in shop_rows(shop) if row["problem"] == statement(1)][:1]
    with serve(says(lambda i: first)) as server:
        shop.recipe(["generate", "verify", derive(where=None)], model(server))
        report = shop.build()
    told = line(report, "short", "children")
    assert (told["out"], told["aside"]) == (11, {"repeated": 25})  # of problem 1 it is a row
    rows = shop.sql("SELECT * FROM rejects WHERE reason = 'repeated'")
    assert len(rows) == 25 and {row["stage"] for row in rows} == {"short"}
    assert len(shop.sql("SELECT DISTINCT child FROM lineage")) == 11


def shop_rows(shop: Workshop) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (shop.folder / "t.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("reply", ["", "<think>\nnever closed", "<think>\nclosed\n</think>\n"])
def test_a_reply_that_is_no_trace_is_a_typed_failure(reply: str, shop: Workshop) -> None:
    with serve(says(lambda i: reply)) as server:
        shop.recipe(["generate", "verify", derive()], model(server))
        report = shop.build()
        assert line(report, "short", "children")["aside"] == {"no_answer": 24}
        asked = len(server.log)
        shop.build()
        assert len(server.log) == asked
        server.behaviour = says(short)
        shop.build(Choices(retry_failed=True))
    assert {row["failure"] for row in shop.sql("SELECT failure FROM answers")} == {None}
    assert len(shop.sql("FROM traces WHERE teacher = 'm'")) == 12


@pytest.mark.slow
def test_a_source_that_loses_a_row_loses_its_descendants(shop: Workshop, server: Server) -> None:
    views = {"sft": {"where": "how = 'short'"}}
    shop.recipe(TRACES, model(server), views=views)
    shop.build()
    lines = (shop.folder / "p.jsonl").read_text().splitlines()
    (shop.folder / "p.jsonl").write_text("\n".join(lines[1:]) + "\n")
    shop.build()
    assert len(shop.view("sft")) == 11 and len(server.log) == 24
    assert len(shop.sql("SELECT DISTINCT child FROM lineage")) == 11


def test_a_grandchild_is_of_the_second_generation(shop: Workshop) -> None:
    shop.prompt("again", "Again, {{ how }}: {{ problem }} {{ reasoning }}")
    told = {f"Again, short: {statement(i)}": "<think>\nAgain.\n</think>\n\n\\boxed{1}"
            for i in range(12)}  # fmt: skip
    both = Behaviour(says={**told, **says(short).says}, dialect="inline")
    with serve(both) as server:
        again = derive(name="again", prompt="again.yaml", where="how = 'short'")
        shop.recipe(["generate", "verify", derive(), again], model(server))
        shop.build()
    rows = shop.sql("SELECT how, generation, count(*) AS n FROM lineage GROUP BY ALL ORDER BY 2")
    assert [tuple(row.values()) for row in rows] == [("short", 1, 24), ("again", 2, 12)]


@pytest.mark.slow
def test_a_kill_loses_no_child_and_buys_none_twice(tmp_path: Path) -> None:
    shop = workshop(tmp_path, 30)
    views = {"sft": {"where": "verdict = 'correct'"}}
    with serve(says(short, delay=0.25, slots=4)) as server:
        shop.recipe(TRACES, model(server, in_flight=4), views=views)
        kills = [shop.killed(server, requests) for requests in (6, 17, 20)]
        shop.build()
        assert asked_again(server, kills) == []
        shop.build(pool="fresh")
    again, fresh = tmp_path / "pool", tmp_path / "fresh"
    found = [sorted((place / "releases/sft").glob("*.parquet")) for place in (again, fresh)]
    assert [file.read_bytes() for file in found[0]] == [file.read_bytes() for file in found[1]]
    assert len(found[0]) == 1 and len(shop.view("sft")) == 60 + 30


def harder(i: int) -> dict[str, str]:
    """What the model makes of problem `i`: of 0 and 1 the same, of 2 the problem 3 of the pool."""
    text = statement(3) if i == 2 else f"{statement(max(i, 1))} And how many pears?"
    return {"problem": text, "answer": str(gold(i)), "why": "two unknowns"}


def problems(**more: Any) -> dict[str, Any]:
    fields = {"problem": "text", "answer": "text", "why": "text"}
    plain = {"name": "harder", "from": "problems", "makes": "problem", "answer": fields}
    return derive(**{**plain, "prompt": "harder.yaml", "where": None, **more})


@pytest.fixture
def hard(shop: Workshop) -> Iterator[Server]:
    shop.prompt("harder", "Make it harder: {{ problem }}")
    told = {f"Make it harder: {statement(i)}": json.dumps(harder(i)) for i in range(12)}
    with serve(Behaviour(says=told, dialect="inline")) as server:
        yield server


LIVE = {"name": "big", "samples": 2, "temperature": 1.0}


def test_a_derived_problem_is_a_problem_without_gold_that_later_steps_take_in(
    shop: Workshop, hard: Server
) -> None:
    shop.write("p.jsonl", [{"problem": statement(i), "answer": str(gold(i)), "license": "mit"}
                           for i in range(12)])  # fmt: skip
    checks = {"name": "again", "checks": ["proof", "figure"]}
    steps = ["screen", problems(), {"screen": checks}, "generate", "verify", "grade"]
    views = {"rlvr": {"where": "how = 'harder'"}, "sft": {"where": "problem_how = 'harder'"}}
    live = model(hard, **LIVE)
    shop.recipe(steps, model(hard), teachers=[live], views=views)
    report = shop.build()
    told = line(report, "harder", "children")
    assert (told["in"], told["out"], told["aside"]) == (12, 10, {"repeated": 2})
    assert line(report, "again")["in"] == 22
    rows = shop.sql("FROM graded WHERE how = 'harder'")
    assert len(rows) == 10 and len(shop.view("rlvr")) == 10
    for row in rows:
        assert (row["answer"], row["gold_origin"], row["source"]) == (None, None, "harder")
        assert (row["license"], row["answer_kind"]) == ("mit", "math")
        assert json.loads(row["meta"])["why"] == "two unknowns"
        assert row["n"] == 2 == row["n_undecided"] and row["pass_rate"] is None
    assert {r["gold_origin"] for r in shop.sql("FROM graded WHERE how IS NULL")} == {"source"}
    one = shop.sql(
        f"SELECT problem_id FROM problems WHERE starts_with(problem, '{statement(1)} A')"
    )
    parents = shop.sql(
        "SELECT p.problem FROM lineage l JOIN problems p ON p.problem_id = l.parent "
        f"WHERE l.child = '{one[0]['problem_id']}'"
    )
    assert {row["problem"] for row in parents} == {statement(0), statement(1)}
    assert len(shop.view("sft")) == 20
    asked = len(hard.log)
    shop.build()
    assert len(hard.log) == asked and shop.runner.ran == []


def test_a_reply_without_a_form_is_the_problem(shop: Workshop, hard: Server) -> None:
    hard.behaviour = Behaviour(says={"": "<think>\nhm\n</think>\n\nWhat is 1+1?"}, dialect="inline")
    shop.recipe([problems(answer=None)], model(hard))
    report = shop.build()
    assert line(report, "harder", "children")["aside"] == {"repeated": 11}
    rows = shop.sql("SELECT problem, meta FROM graded WHERE how = 'harder'")
    assert rows == [{"problem": "What is 1+1?", "meta": None}]
    assert len(shop.sql("FROM lineage")) == 12


@pytest.mark.parametrize(("ancestors", "kept"), [(False, 10), (True, 0)])
def test_a_near_duplicate_of_its_own_ancestor_stays_unless_told(
    ancestors: bool, kept: int, shop: Workshop, hard: Server
) -> None:
    dedupe = {"dedupe": {"mode": "text", "ancestors": ancestors}}
    letters = "abcdefghijklmnopqrstuvwxyz"
    texts = [f"Which {' '.join(letters[(i + 1) * k % 26] * (i + 2) for k in range(40))} is it"
             for i in range(10)]  # fmt: skip
    shop.write("p.jsonl", [{"problem": text, "answer": "1"} for text in texts])
    told = {f"harder: {text}": json.dumps({"problem": f"{text}, please", "answer": "1", "why": ""})
            for text in texts}  # fmt: skip
    hard.behaviour = Behaviour(says=told, dialect="inline")
    shop.recipe([problems(), dedupe], model(hard))
    shop.build()
    rows = shop.sql("SELECT how, count(*) AS n FROM graded WHERE set_aside IS NULL GROUP BY ALL")
    left = {row["how"]: row["n"] for row in rows}
    assert left == ({None: 10, "harder": kept} if kept else {None: 10})


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (derive(teacher="x"), "no model is called `x` (there are: m)"),
        (derive(answer={"problem": "text"}), "`answer` needs the field `response: text`"),
        (derive(answer={"response": "int"}), "`answer`: `response` is `text`"),
        (derive(makes="problem", answer={"answer": "text"}), "needs the field `problem: text`"),
        (derive(where="verdct = 'x'"), "did you mean `verdict`?"),
        (derive(frm="traces"), "did you mean `from`?"),
    ],
)
def test_a_mistake_is_told_before_anything_is_bought(
    step: dict[str, Any], told: str, shop: Workshop, server: Server
) -> None:
    shop.recipe(["generate", "verify", step], model(server))
    with pytest.raises(LongcotError) as caught:
        shop.build()
    assert told in str(caught.value)
    assert server.log == [] and shop.runner.ran == []


@pytest.mark.slow
def test_a_child_of_a_contaminated_problem_is_contaminated_whichever_parent_it_is(
    shop: Workshop, hard: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGCOT_CACHE", str(shop.folder / "cache"))
    same = json.dumps({"problem": "How far is it to the sea?", "answer": "3", "why": ""})
    hard.behaviour = Behaviour(says={"": same}, dialect="inline")
    shop.write("exam.jsonl", [{"id": "e1", "problem": statement(9), "answer": "1"}])
    step = {"decontaminate": {"benchmarks": ["exam.jsonl"], "variant": "keep"}}
    shop.recipe([problems(), step], model(hard))
    report = shop.build()
    assert line(report, "decontaminate")["aside"] == {"ngram": 1, "lineage": 1}
    (child,) = shop.sql("FROM graded WHERE how = 'harder'")
    assert child["set_aside"] == "decontaminate.lineage"
    (hit,) = shop.sql(f"FROM contamination WHERE problem_id = '{child['problem_id']}' "
                      "AND decision = 'drop'")  # fmt: skip
    (copy,) = shop.sql(f"SELECT problem_id FROM problems WHERE problem = '{statement(9)}'")
    assert (hit["test"], hit["note"]) == ("lineage", copy["problem_id"])


@pytest.mark.slow
def test_a_child_of_a_trace_that_quotes_a_benchmark_is_contaminated(
    shop: Workshop, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGCOT_CACHE", str(shop.folder / "cache"))
    exam = "A lighthouse blinks every 40 seconds and a buoy every 25 seconds; when do both blink?"
    rows = shop_rows(shop)
    rows[4]["trace"] = rows[4]["trace"].replace(
        "<think>\n", f"<think>\n{exam}\n"
    )  # problem 1, right
    shop.write("t.jsonl", rows)
    shop.write("exam.jsonl", [{"id": "e1", "problem": exam, "answer": "200"}])
    step = {"decontaminate": {"benchmarks": ["exam.jsonl"], "scan": ["problem", "reasoning"]}}
    shop.recipe(["generate", "verify", derive(), step], model(server))
    report = shop.build()
    assert line(report, "decontaminate", "traces")["aside"] == {"lineage": 1, "ngram": 1}
    out = shop.sql("SELECT how, set_aside FROM pool WHERE set_aside IS NOT NULL ORDER BY 2 DESC")
    assert [tuple(row.values()) for row in out] == [
        (None, "decontaminate.ngram"), ("short", "decontaminate.lineage")
    ]  # fmt: skip
    (parent,) = shop.sql("SELECT row_id FROM set_aside WHERE reason = 'ngram'")
    (hit,) = shop.sql("FROM contamination WHERE test = 'lineage'")
    assert hit["note"] == parent["row_id"]


@pytest.fixture
def family(shop: Workshop) -> Iterator[Workshop]:
    """A problem, a harder one of it, its teacher's trace, and a shorter one of that."""
    shop.prompt("harder", "Make it harder: {{ problem }}")
    told = {f"harder: {statement(i)}": json.dumps({**harder(5), "problem": f"{statement(i)} Why?"})
            for i in range(12)}  # fmt: skip
    short = {f"Shorten this: {statement(i)}": "<think>\nShort.\n</think>\n\n\\boxed{1}"
             for i in range(12)}  # fmt: skip
    with serve(Behaviour(says={**told, **short}, dialect="inline")) as server:
        steps = [problems(), "generate", derive(where="problem_how = 'harder'")]
        prices = {"prompt": 1, "completion": 2}
        shop.recipe(steps, model(server, prices=prices), teachers=[model(server, **LIVE)],
                    views={"sft": {"where": "how = 'short'"}})  # fmt: skip
        shop.build()
        yield shop


def grandchild(shop: Workshop, i: int) -> str:
    (row,) = shop.sql("SELECT trace_id FROM pool WHERE how = 'short' "
                      f"AND starts_with(problem, '{statement(i)}')")  # fmt: skip
    return str(row["trace_id"])


def test_the_history_of_a_grandchild_has_its_descent_with_every_price(family: Workshop) -> None:
    from tasks.query.history import history, prices_of
    from tasks.query.locate import open_any

    place = str(family.folder / "pool")
    with open_any(place) as connection:
        found = history(connection, grandchild(family, 7), prices_of(place))
        line = found["descent"]
        assert [(row["how"], row["generation"]) for row in line] == [
            ("short", 2), ("short", 2), ("harder", 1)
        ]  # fmt: skip
        assert line[2]["parent says"] == statement(7)
        assert {row["child"] for row in line[:2]} == {grandchild(family, 7)}  # of two samples
        for row in line:
            spent = row["prompt_tokens"] + 2 * row["completion_tokens"]
            assert row["model"] == "teacher" and spent > 0
            assert row["money"] == pytest.approx(spent / 1e6)
        (child,) = history(connection, line[2]["parent"])["derived from it"]
        assert (child["child"], child["how"], child["generation"]) == (
            line[2]["child"], "harder", 1
        )  # fmt: skip


def test_what_descends_from_a_row_that_left_leaves_with_that_reason(family: Workshop) -> None:
    from tasks.publishing.diff.rows import diff
    from tasks.publishing.diff.sides import sides

    gone = grandchild(family, 7)
    family.write("p.jsonl", [problem(i) for i in range(12) if i != 7])
    family.build()
    (found,) = diff(*sides("1", "2", str(family.folder / "pool")))
    told = {"id": gone, "reason": "derived from a row that left: source gone"}
    assert found["ids"]["removed"] == [told] and found["added"] == 0


def test_what_is_forgotten_takes_its_descendants_along(family: Workshop) -> None:
    from tasks.keeping.family import descendants, every_row
    from tasks.keeping.forget import forget

    (root,) = family.sql(f"SELECT problem_id FROM problems WHERE problem = '{statement(7)}'")
    gone = descendants({root["problem_id"]}, *every_row(family.pool))
    assert grandchild(family, 7) in gone and len(gone) == 2 + 2 * 2 + 1
    before = family.sql("FROM lineage ORDER BY ALL")
    forget(family.pool, gone)
    for _ in range(2):
        left = [row for row in before if not gone & {row["child"], row["parent"]}]
        assert family.sql("FROM lineage ORDER BY ALL") == left and len(left) == len(before) - 3
        assert gone.isdisjoint(family.view("sft")["trace_id"]) and len(family.view("sft")) == 11
        family.build()


def test_the_example_of_the_docs_builds(shop: Workshop) -> None:
    text = (ROOT / "docs" / "operators.md").read_text("utf-8")
    told = yaml.safe_load(text.split("## derive")[1].split("```yaml\n")[1].split("```")[0])
    told["steps"].insert(4, "measure")  # `tokens` is a signal
    told["steps"][5]["derive"]["where"] = "verdict = 'correct' and tokens > 4"
    (shop.folder / "prompts").mkdir()
    for name in ("harder", "shorten", "correct"):
        shop.prompt(f"prompts/{name}", f"{name}: {{{{ problem }}}}")
    says = {"shorten: ": "<think>\nShort.\n</think>\n\n\\boxed{1}"}
    with serve(Behaviour(says=says, dialect="inline")) as server:
        shop.recipe(told["steps"], model(server, "critic"), views=told["views"])
        report = shop.build()
    assert line(report, "harder", "children")["in"] == 24
    assert line(report, "short", "children")["out"] == 12
    assert line(report, "fixed", "children")["in"] == 12
    assert len(shop.view("rlvr")) == 12


def test_a_pilot_derives_from_its_problems_alone_and_tells_the_price(
    shop: Workshop, server: Server
) -> None:
    shop.recipe(TRACES, model(server, prices={"prompt": 1, "completion": 2}))
    plan = shop.build(Choices(pilot=4))
    asked = len(server.log)
    told = {row["quantity"] for row in plan["forecast"] if row["of"] == "short"}
    assert 0 < asked < 24 and {"answers", "money"} <= told
    shop.build()
    assert len(server.log) == 24 and len(shop.sql("FROM lineage")) == 24


def test_what_gc_leaves_is_all_that_a_build_needs(family: Workshop) -> None:
    from tasks.keeping.gc import collect, survey

    family.write("p.jsonl", [problem(i) for i in range(11)])
    family.build()
    collect(family.pool, survey(family.pool))
    family.build()
    assert family.runner.ran == [] and len(family.view("sft")) == 11
    family.write("p.jsonl", [problem(i) for i in range(12)])
    family.build()
    assert len(family.view("sft")) == 12 and len(family.sql("FROM rejects")) > 0


def test_a_vote_gives_a_derived_problem_its_gold(shop: Workshop, hard: Server) -> None:
    answers = {"And how many pears?": "It is \\boxed{5}."}
    hard.behaviour = Behaviour(says={**hard.behaviour.says, **answers}, dialect="inline")
    vote = {"vote": {"gold": {"least": 2, "share": 0.6}}}
    steps = [problems(), "generate", "verify", vote, "verify", "grade"]
    shop.recipe(steps, model(hard), teachers=[model(hard, **LIVE)],
                views={"rlvr": {"where": "how = 'harder' and pass_rate = 1"}})  # fmt: skip
    shop.build()
    rows = shop.sql("SELECT answer, gold_origin, n_correct FROM graded WHERE how = 'harder'")
    assert [tuple(row.values()) for row in rows] == [("5", "majority", 2)] * 10
    assert len(shop.view("rlvr")) == 10
