"""A build with a second opinion, a person's decision, and the build after it."""

import json

import pytest

from tests.flows.conftest import Built, Site
from tests.flows.problems import STEPS, problems, recipe, traces


@pytest.mark.slow
def test_a_person_beats_the_machine_at_the_next_build(site: Site) -> None:
    steps = [{"verify": {"second": ["math-verify"]}} if s == "verify" else s for s in STEPS]
    site.recipe({**recipe(steps=steps), "name": site.folder.name})
    site.jsonl("p.jsonl", problems(6))
    site.jsonl("t.jsonl", traces(0, 6))
    built = site.built()
    verifiers = built.table("verdicts")["verifier"].value_counts().sort("verifier").rows()
    assert verifiers == [("math", 18), ("math-verify", 18)]
    assert built.report["label"] == []
    before = built.line("view", "sft")
    run = site.longcot("adjudicate", "--pool", "pool", typed="i\nnonsense\nc\nq\n")
    assert run.code == 0, run.err
    assert "2 decided" in run.out
    lines = (built.folder / "adjudications.jsonl").read_text().splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["incorrect", "correct"]
    work = built.work()
    again: Built = site.built()
    human = [row for row in again.table("verdicts").to_dicts() if row["verifier"] == "human"]
    assert [row["reason"] for row in human] and len(human) == 2
    assert again.line("view", "sft")["in"] == before["in"] == 18  # no row was multiplied
    assert again.report["label"] == []  # two decisions say nothing of the label
    kept = [name for name in work if name.startswith(("receipts/verify", "receipts/second"))]
    assert kept and all(again.work()[name] == work[name] for name in kept)


def test_a_verdict_explains_itself(site: Site) -> None:
    run = site.longcot("verify", "--gold", "1/2", "--answer", r"\boxed{3} no: \boxed{0.5}")
    assert run.code == 0
    for told in ("verdict: correct", "equal.exact", "found by: box", "rivals: 3"):
        assert told in run.out
    assert site.longcot("verify", "--gold", "1/2", "--answer", "0.6").code == 1
    assert site.longcot("verify", "--gold", r"\foo{]", "--answer", "0.6").code == 2
