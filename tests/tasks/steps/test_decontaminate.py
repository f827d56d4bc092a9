import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.recipe import Recipe
from schemas.identity import problem_id
from tasks.contamination.benchmark_index import EMPTY
from tasks.contamination.decontaminate import Setup, plan, plan_lineage, plan_traces
from tasks.contamination.lineage import inherited
from tasks.contamination.overrides import Override
from tasks.pool.funnel import funnel_row
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.steps.decontaminate import Decontaminate
from tests.tasks.contamination.items import TRAINS
from tests.tasks.rows import Row, problem, put, trace

CLEAN = "How many primes lie between 20 and 40?"
OTHER = "How many squares lie between 50 and 150?"


@pytest.fixture(autouse=True)
def exam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a benchmark `exam.jsonl`."""
    monkeypatch.setenv("LONGCOT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "exam.jsonl").write_text(json.dumps({"id": "e1", "problem": TRAINS}) + "\n")
    return tmp_path


def ready(exam: Path, overrides: list[dict[str, Any]] | None = None, **options: Any) -> Setup:
    if overrides is not None:
        (exam / "overrides.yaml").write_text(json.dumps(overrides))
        options["overrides"] = "overrides.yaml"
    return Decontaminate(benchmarks=["exam.jsonl"], **options).prepare(exam)


def ingested(pool: Pool, *shards: list[Row]) -> Done:
    done = Done(pool, "r")
    done.tables["problems"] = [put(pool, "ingest", {"problems": rows}) for rows in shards]
    return done


def run(done: Done, how: Setup) -> list[Receipt]:
    found = [job.run(done.pool) for job in plan(done, how)]
    lineage = [job.run(done.pool) for job in plan_lineage(done, how, found)]
    found += [job.run(done.pool) for job in plan_traces(done, how)] + lineage
    done.deciding["decontaminate"] = found
    return found


def rows(done: Done, table: str, receipts: list[Receipt]) -> list[Row]:
    shards = [shard for r in receipts if (shard := r.shard(table))]
    return [row for shard in shards for row in done.pool.read(shard).to_pylist()]


def test_a_contaminated_problem_is_set_aside_with_its_evidence(pool: Pool, exam: Path) -> None:
    done = ingested(pool, [problem(TRAINS), problem(CLEAN)])
    (receipt,) = run(done, ready(exam))
    assert receipt.counts == {"in": 2, "out": 1, "aside.ngram": 1, "to review": 0}
    (reject,) = rows(done, "set_aside", [receipt])
    assert (reject["row_id"], reject["step"], reject["reason"]) == (
        problem_id(TRAINS), "decontaminate", "ngram",
    )  # fmt: skip
    assert reject["source"] == "s" and reject["detail"].startswith("exam e1: Two trains")
    (hit,) = rows(done, "contamination", [receipt])
    assert hit["text"] == hit["item"] == TRAINS and hit["decision"] == "drop"
    assert done.set_aside()["reason"].to_list() == ["ngram"]


def test_what_is_for_review_stays_and_is_counted(pool: Pool, exam: Path) -> None:
    variant = TRAINS.replace("60", "61").replace("75", "92")
    done = ingested(pool, [problem(variant), problem(CLEAN)])
    (receipt,) = run(done, ready(exam, variant="review"))
    assert receipt.counts == {"in": 2, "out": 2, "to review": 1}
    assert [hit["decision"] for hit in rows(done, "contamination", [receipt])] == ["review"]
    assert rows(done, "set_aside", [receipt]) == []


def test_what_an_earlier_step_set_aside_is_compared_but_not_set_aside_again(
    pool: Pool, exam: Path
) -> None:
    child = problem(CLEAN, parent_id=problem_id(TRAINS))
    done = ingested(pool, [problem(TRAINS), child])
    key = done.problems[0].key
    reject = {"step": "screen", "row_id": problem_id(TRAINS), "reason": "proof"}
    screened = put(pool, "screen", {"set_aside": [reject]})
    screened.aside[key] = "some"
    done.deciding["screen"] = [screened]
    scanned, lineage = run(done, ready(exam))
    assert scanned.counts == {"in": 1, "out": 1, "to review": 0}
    assert len(rows(done, "contamination", [scanned])) == 1
    assert lineage.counts == {"in": 1, "out": 0, "aside.lineage": 1}


def family() -> tuple[list[Row], list[str]]:
    """A contaminated problem, its child, its grandchild, a problem of its own; and their ids."""
    texts = [TRAINS, "A rewrite of it.", "A mutation of the rewrite.", CLEAN]
    ids = [problem_id(text) for text in texts]
    parents = [None, ids[0], ids[1], None]
    return [problem(t, parent_id=p) for t, p in zip(texts, parents, strict=True)], ids


@pytest.mark.parametrize("cuts", [(4,), (1, 3), (1, 1, 1, 1)])
def test_contamination_follows_parents_across_shards(
    pool: Pool, exam: Path, cuts: tuple[int, ...]
) -> None:
    people, ids = family()
    shards = [people[sum(cuts[:k]) : sum(cuts[: k + 1])] for k in range(len(cuts))]
    done = ingested(pool, *shards)
    receipts = run(done, ready(exam))
    assert {(r["row_id"], r["reason"]) for r in rows(done, "set_aside", receipts)} == {
        (ids[0], "ngram"), (ids[1], "lineage"), (ids[2], "lineage"),
    }  # fmt: skip
    made = {h["problem_id"]: h for h in rows(done, "contamination", receipts)}
    assert (made[ids[2]]["note"], made[ids[2]]["item_id"]) == (ids[1], "e1")
    scanned, lineage = receipts[: len(cuts)], receipts[len(cuts) :]
    line = funnel_row("decontaminate", "", "problems", scanned, lineage)
    assert (line["in"], line["out"], line["aside"]["lineage"]) == (4, 1, 2)
    # Later steps learn of it: each shard with a problem set aside by lineage has a digest.
    touched = {key for r in receipts[len(cuts) :] for key in r.aside}
    assert len(touched) == len({1: [4], 2: [3], 4: [1, 2]}[len(cuts)])


def test_a_person_clears_a_rewrite_and_what_came_from_it(pool: Pool, exam: Path) -> None:
    people, ids = family()
    done = ingested(pool, people)
    keep = [{"problem_id": ids[1], "decision": "keep", "note": "rewritten beyond recognition"}]
    receipts = run(done, ready(exam, keep))
    assert [r["row_id"] for r in rows(done, "set_aside", receipts)] == [ids[0]]
    made = {h["problem_id"]: h for h in rows(done, "contamination", receipts)}
    assert (made[ids[1]]["decision"], made[ids[1]]["decided_by"]) == ("keep", "override")
    assert ids[2] not in made


def test_a_person_clears_a_problem_and_its_children_with_it(pool: Pool, exam: Path) -> None:
    people, ids = family()
    receipts = run(
        done := ingested(pool, people), ready(exam, [{"problem_id": ids[0], "decision": "keep"}])
    )
    assert rows(done, "set_aside", receipts) == []


def test_a_person_drops_what_no_test_found(pool: Pool, exam: Path) -> None:
    done = ingested(pool, [problem(CLEAN), problem(OTHER)])
    drop = [{"problem_id": problem_id(CLEAN), "decision": "drop", "note": "seen in print"}]
    (receipt,) = run(done, ready(exam, drop))
    assert receipt.counts == {"in": 2, "out": 1, "aside.override": 1, "to review": 0}


def keys(done: Done, how: Setup) -> list[str]:
    return [job.key for job in plan(done, how)]


def test_a_key_depends_on_what_decides(pool: Pool, exam: Path) -> None:
    done = ingested(pool, [problem(TRAINS)], [problem(CLEAN)])
    first = keys(done, ready(exam))
    assert keys(done, ready(exam)) == first
    assert set(keys(done, ready(exam, variant="keep"))).isdisjoint(first)
    # An override concerns the shard of its problem and no other.
    mine = [{"problem_id": problem_id(CLEAN), "decision": "keep"}]
    assert [a == b for a, b in zip(keys(done, ready(exam, mine)), first, strict=True)] == [
        True,
        False,
    ]
    assert keys(done, ready(exam, [{"problem_id": "0" * 32, "decision": "keep"}])) == first
    with (exam / "exam.jsonl").open("a") as more:
        more.write(json.dumps({"id": "e2", "problem": CLEAN}) + "\n")
    assert set(keys(done, ready(exam))).isdisjoint(first)


def test_traces_and_solutions_are_scanned_for_quotations(pool: Pool, exam: Path) -> None:
    solved = problem(OTHER, solution=f"This is like another one: {TRAINS}")
    done = ingested(pool, [problem(CLEAN), solved])
    quoting = trace(f"I remember: {TRAINS} It was 540.", CLEAN, reasoning=None)
    done.tables["traces"] = [
        put(pool, "generate", {"traces": [quoting, trace("7", CLEAN)]}, [done.problems[0].key])
    ]
    how = ready(exam, scan=["problem", "solution", "reasoning", "response"])
    problems, traces = run(done, how)
    assert problems.counts == {"in": 2, "out": 1, "aside.ngram": 1, "to review": 0}
    assert traces.counts == {"in": 2, "out": 1, "aside.ngram": 1, "to review": 0}
    found = rows(done, "contamination", [problems, traces])
    assert [(h["place"], h["trace_id"]) for h in found] == [
        ("solution", None), ("response", quoting["trace_id"]),
    ]  # fmt: skip
    assert [r["row_id"] for r in rows(done, "set_aside", [traces])] == [quoting["trace_id"]]
    assert traces.aside == {}


def test_no_problems_no_jobs(pool: Pool, exam: Path) -> None:
    assert list(plan(Done(pool, "r"), ready(exam))) == []


def recipe(*steps: Any) -> dict[str, Any]:
    return {
        "name": "x",
        "sources": [{"path": "p"}],
        "teachers": [{"name": "t", "recorded": "r"}],
        "steps": list(steps),
    }


def test_the_recipe_refuses_what_cannot_be() -> None:
    traces = {"decontaminate": {"benchmarks": ["exam"], "scan": ["problem", "reasoning"]}}
    Recipe.model_validate(recipe({"generate": {}}, traces))
    for wrong, told in [
        ([traces, {"generate": {}}], "after `generate`"),
        ([traces], "after `generate`"),
        ([{"decontaminate": {}}], "benchmarks"),
        ([{"decontaminate": {"benchmarks": []}}], "benchmarks"),
        (
            [{"decontaminate": {"benchmarks": ["a"], "ngram": {"drop": 0.3, "review": 0.5}}}],
            "above",
        ),
        ([{"decontaminate": {"benchmarks": ["a"], "n": 0}}], "n"),
    ]:
        with pytest.raises(ValidationError, match=told):
            Recipe.model_validate(recipe(*wrong))


@given(
    st.lists(st.integers(-1, 19), min_size=20, max_size=20),
    st.sets(st.integers(0, 19)),
    st.randoms(use_true_random=False),
)
def test_lineage_is_reachability_whatever_the_order(
    parents: list[int], contaminated: set[int], chance: random.Random
) -> None:
    people = pl.DataFrame(
        {
            "problem_id": [f"{k:032x}" for k in range(20)],
            "parent_id": [None if p < 0 else f"{p:032x}" for p in parents],
        },
        schema={"problem_id": pl.String, "parent_id": pl.String},
    )
    hit = {"benchmark": "b", "item_id": "i", "test": "ngram", "place": "problem", "score": 1.0}
    found = pl.concat(
        [
            EMPTY,
            pl.DataFrame(
                [{"problem_id": f"{k:032x}", "decision": "drop", **hit} for k in contaminated]
            ),
        ]
        if contaminated
        else [EMPTY],
        how="diagonal_relaxed",
    ).cast(dict(EMPTY.schema))
    order = chance.sample(range(20), 20)
    made = {int(i, 16) for i in inherited(people[order], found, [])["problem_id"]}
    reached: set[int] = set()
    for start in range(20):
        seen, at = set(), parents[start]
        while at >= 0 and at not in seen:
            seen.add(at)
            if at in contaminated and start not in contaminated:
                reached.add(start)
            at = parents[at]
    assert made == reached


def test_a_stronger_decision_of_the_parent_wins(exam: Path) -> None:
    people = pl.DataFrame({"problem_id": ["a", "b"], "parent_id": [None, "a"]})
    hit = {"benchmark": "x", "item_id": "i", "place": "problem", "test": "ngram", "score": 0.5}
    found = pl.concat(
        [EMPTY, pl.DataFrame([
            {"problem_id": "a", "decision": "drop", **hit},
            {"problem_id": "b", "decision": "review", **hit},
        ])],
        how="diagonal_relaxed",
    ).cast(dict(EMPTY.schema))  # fmt: skip
    made = inherited(people, found, [Override(problem_id="0" * 32, decision="keep")])
    assert made.select("problem_id", "decision").rows() == [("b", "drop")]
    assert frame_of(made.to_arrow()).shape == made.shape
