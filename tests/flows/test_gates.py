"""Gates of a real build: what is kept, what is told where, and with which exit code."""

import json
from collections.abc import Callable

import pytest
import yaml

from schemas.errors import GateError
from tests.flows.conftest import Api, Built, Site
from tests.flows.inline import build
from tests.flows.problems import problems, recipe, traces


def ready(site: Site, **gates: str) -> None:
    site.jsonl("p.jsonl", problems(12))
    site.jsonl("t.jsonl", traces(0, 12))
    site.recipe(recipe(gates=gates))


def test_a_version_that_trips_is_kept_and_says_why_each_time(
    new_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = new_site(server=False)
    ready(site, undecided="< 0.02", rows="> 1000")
    monkeypatch.chdir(site.folder)
    with pytest.raises(GateError, match=r"version 1 does not pass its gates \(rows: ") as caught:
        build(str(site.path(site.own)), "pool")
    assert caught.value.report["recipe"] == "small"
    version = json.loads(site.path("pool/versions/1.json").read_text())
    assert [(row["gate"], row["passed"]) for row in version["gates"]] == [
        ("undecided", True),
        ("rows", False),
    ]
    assert Built(site.path("pool")).manifest["whole"]  # what was built is there


def test_other_gates_change_no_byte_of_what_was_built(
    new_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = new_site(server=False)
    ready(site)
    monkeypatch.chdir(site.folder)
    build(str(site.path(site.own)), "pool")
    before = Built(site.path("pool")).work()
    content = yaml.safe_load(site.path(site.own).read_text())
    site.recipe({**content, "gates": {"truncated": "< 0.5", "change": "< 1 %"}})
    assert build(str(site.path(site.own)), "pool")["gates"][1]["value"] == 0
    assert Built(site.path("pool")).work() == before
    first, second = (json.loads(site.path(f"pool/versions/{n}.json").read_text()) for n in (1, 2))
    assert first["recipe"]["hash"] == second["recipe"]["hash"]
    assert first["files"] == second["files"]


@pytest.mark.slow
def test_a_gate_is_told_in_prefect_by_exit_code_and_by_publish(site: Site, api: Api) -> None:
    ready(site, rows="> 1000")
    first, again = site.build(), site.build()
    assert (first.code, again.code) == (3, 3)
    for run in (first, again):
        assert "version 1 does not pass its gates (rows: " in run.err
        assert "Traceback" not in run.err
    assert "gates" in first.out and "funnel" in first.out and "nothing to do" in again.out
    (flow,) = api.flow_runs(site)
    assert (flow["state_type"], "rows: " in flow["state"]["message"]) == ("FAILED", True)
    body = {"artifacts": {"flow_run_id": {"any_": [flow["id"]]}, "key": {"any_": ["gates"]}}}
    (artifact,) = api.post("/artifacts/filter", body)
    assert json.loads(artifact["data"])[0]["gate"] == "rows"

    refused = site.longcot("publish", "pool", "--to", str(site.path("out")))
    assert (refused.code, "--ignore-gates" in refused.err) == (3, True)
    assert not site.path("out").exists()
    sent = site.longcot("publish", "pool", "--to", str(site.path("out")), "--ignore-gates")
    assert sent.code == 0, sent.err
    card = site.path("out/README.md").read_text()
    assert "| rows | > 1000 |" in card and "**no**" in card
    rows = json.loads(site.path("pool/publications.json").read_text())["rows"]
    assert [(row["version"], row["ignored"]) for row in rows] == [(1, ["rows"])]
    report = site.longcot("report", "pool")
    page = site.path(report.out.strip()).read_text()
    assert "gate not passed" in page


def test_an_unknown_gate_and_a_bad_condition_are_told_with_their_lines(site: Site) -> None:
    ready(site, undecidd="< 0.02")
    assert "unknown key `undecidd` in gates; did you mean `undecided`?" in site.build().complaint()
    ready(site, undecided="under 2 %")
    assert "gates.undecided: `under 2 %` is no condition; write" in site.build().complaint()
