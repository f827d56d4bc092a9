"""The quickstart finds what was planted, has some of everything, and prints what README says."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from tasks.query.locate import open_any
from tasks.query.sql import query
from tests import ROOT
from tests.flows.conftest import Built, Run, Site

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "data" / "samples"


@pytest.fixture(scope="module")
def ran(new_site: Callable[..., Site]) -> tuple[Run, Built]:
    site = new_site()
    run = site.longcot("build", "quickstart", "--pool", "pool")
    assert run.code == 0, run.err
    return run, Built(site.path("pool"))


def ask(built: Built, sql: str) -> list[dict[str, Any]]:
    with open_any(str(built.folder)) as connection:
        rows: list[dict[str, Any]] = query(connection, sql, "test").to_pylist()
        return rows


def test_every_planted_defect_leaves_for_its_reason(ran: tuple[Run, Built]) -> None:
    left = ask(
        ran[1],
        "SELECT p.source_id, step || '.' || reason AS why FROM set_aside s "
        "JOIN problems p ON p.problem_id = s.row_id WHERE step IN ('screen', 'dedupe')",
    )
    assert {row["source_id"]: row["why"] for row in left} == {
        "defects-01": "screen.proof",
        "defects-02": "screen.figure",
        "defects-03": "screen.multi_part",
        "defects-04": "screen.no_answer",
        "arithmetic-2-001": "screen.conflicting_gold",  # defects-05 has the other gold
        "defects-06": "dedupe.duplicate",
        "defects-07": "dedupe.duplicate",
        "defects-08": "dedupe.duplicate",
        "defects-09": "screen.broken_tests",
        "defects-10": "screen.gold_failed",
    }
    planted = (SAMPLES / "defects.jsonl").read_text().splitlines()
    assert len(planted) == len(left) and all(json.loads(line)["planted"] for line in planted)


def test_the_benchmark_s_problems_are_found_with_the_evidence(ran: tuple[Run, Built]) -> None:
    found = ask(
        ran[1],
        "SELECT p.source_id, test, item_id FROM contamination JOIN problems p USING (problem_id) "
        "WHERE decision = 'drop' ORDER BY item_id",
    )
    assert {row["item_id"]: row["source_id"] for row in found} == {
        "little-exam-17": "kinematics-2-001",
        "little-exam-18": "arithmetic-4-001",
        "little-exam-19": "mixtures-4-001",
        "little-exam-20": "collected-25",
    }
    assert {row["test"] for row in found} >= {"ngram", "paraphrase"}


def test_the_wrong_golds_are_found_by_the_votes(ran: tuple[Run, Built]) -> None:
    suspects = ask(
        ran[1],
        "SELECT source_id, answer, majority.answer AS said FROM graded "
        "WHERE NOT majority.agrees AND NOT majority.tied AND majority.count >= 3 "
        "AND majority.share >= 0.75 ORDER BY source_id",
    )
    assert {("collected-03", "84", "38"), ("collected-04", "16", "36")} <= {
        tuple(row.values()) for row in suspects
    }


def test_several_teachers_are_right_wrong_and_cut(ran: tuple[Run, Built]) -> None:
    traces = pl.DataFrame(ask(ran[1], "SELECT teacher, verdict, state, reason FROM pool"))
    assert traces["teacher"].n_unique() == 3
    better = traces.filter(pl.col("teacher") == "Qwen2.5-Coder-1.5B-Instruct")
    assert {"correct", "incorrect"} <= set(better["verdict"])
    assert {"complete", "unclosed"} <= set(better["state"])
    assert {"truncated", "unclosed", "empty"} <= set(traces["state"])


def test_labels_are_disputed_and_views_have_rows(ran: tuple[Run, Built]) -> None:
    assert ask(ran[1], "SELECT 1 FROM pool WHERE label <> (verdict = 'correct')")
    report = json.loads((ran[1].folder / "report.json").read_text())
    assert all(view["rows"] >= 8 for view in report["views"]), report["views"]


def test_the_readme_says_what_the_build_prints(ran: tuple[Run, Built]) -> None:
    readme = (ROOT / "README.md").read_text()
    block = readme.split("```text\n")[1].split("```")[0]
    printed = {line.strip() for line in ran[0].out.splitlines()}
    missing = [line for line in block.splitlines() if line.strip() not in printed]
    assert block.strip() and not missing
