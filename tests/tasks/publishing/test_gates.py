"""What each gate counts, what it does where its number is unknown, and who is told."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.errors import GateError
from schemas.recipe.gates import Gates
from tasks.pool.store import Pool
from tasks.publishing.gates import FIGURES, check_gates, judge, tripped
from tasks.publishing.publications import note, published
from tasks.publishing.versions import File, Version, draft, hashed, write
from tests.tasks.judged import Judged

FUNNEL = [{"stage": "decontaminate"}]


def version(
    pool: Pool, judged: Judged, ids: list[str], before: Version | None = None, **content: Any
) -> Version:
    """A version, not written, of a view with these rows."""
    frame = pl.DataFrame({"trace_id": ids}, schema={"trace_id": pl.String})
    path = f"{'-'.join(ids) or 'empty'}.parquet"
    pool.put(path, frame.write_parquet)
    sha256, size = hashed(pool, path)
    tables = judged.into(pool) if judged.problems else {}
    told = {"funnel": FUNNEL, "pass_rates": [], "label": [], **content.pop("report", {})}
    files = [File("sft", "train", path, len(ids), size, sha256)]
    whole = {
        "id": path,
        "views": ["sft"],
        "deciding": ["screen"],
        "report": told,
        "tables": {table: [vars(shard) for shard in shards] for table, shards in tables.items()},
        **content,
    }
    return draft(before, files, whole)


def row(pool: Pool, made: Version, **gates: str) -> dict[str, Any]:
    (found,) = judge(Gates(**gates), pool, made)
    return found


def test_every_gate_has_its_figure() -> None:
    assert set(FIGURES) == set(Gates.model_fields)


def test_undecided_is_a_share_of_the_labels(pool: Pool) -> None:
    judged = Judged().ask("a", "7", "8", "7", "7").ask("b", "7", aside="proof")
    judged.verdicts[1]["verdict"] = "undecided"
    judged.verdicts.pop()  # a trace of a problem that was set aside is not judged
    found = row(pool, version(pool, judged, ["x"]), undecided="<= 0.25")
    assert (found["value"], found["passed"]) == (0.25, True)
    assert found["says"] == "0.25 (1 of 4 traces with a label)"


def test_truncated_counts_cuts_and_thoughts_that_never_closed(pool: Pool) -> None:
    judged = Judged().ask("a", "7", "8", "7", "7")
    judged.traces[0]["state"], judged.traces[1]["state"] = "truncated", "unclosed"
    found = row(pool, version(pool, judged, ["x"]), truncated="< 0.5")
    assert (found["value"], found["passed"]) == (0.5, False)


@pytest.mark.parametrize(("decision", "aside", "rows"), [
    ("review", None, 1), ("drop", None, 1), ("keep", None, 0), ("drop", "proof", 0),
])  # fmt: skip
def test_contaminated_counts_what_is_still_in(
    pool: Pool, decision: str, aside: str | None, rows: int
) -> None:
    judged = Judged().ask("a", "7", aside=aside)
    evidence = {"problem_id": judged.problems[0]["problem_id"], "decision": decision,
                "place": "problem", "benchmark": "b", "item_id": "1", "test": "ngram",
                "decided_by": "thresholds"}  # fmt: skip
    judged.contamination = [evidence]  # type: ignore[attr-defined]
    found = row(pool, version(pool, judged, ["x"]), contaminated="= 0")
    assert (found["value"], found["passed"]) == (rows, rows == 0)


def test_every_view_must_have_its_rows(pool: Pool) -> None:
    made = version(pool, Judged(), ["a", "b"])
    assert row(pool, made, rows="> 1")["passed"]
    found = row(pool, made, rows="> 2")
    assert (found["passed"], found["says"]) == (False, "2 in the view `sft`")


def test_the_pass_rate_leaves_out_what_is_undecided(pool: Pool) -> None:
    rates = [{"solver": "t", "samples": 1, "correct": 1, "undecided": 0},
             {"solver": "all", "samples": 12, "correct": 5, "undecided": 2}]  # fmt: skip
    made = version(pool, Judged(), ["a"], report={"pass_rates": rates})
    assert row(pool, made, pass_rate="0.3..0.7")["value"] == 0.5


@pytest.mark.parametrize(("gate", "condition", "why"), [
    ("undecided", "< 1", "there are no traces with a label"),
    ("truncated", "< 1", "there are no traces"),
    ("contaminated", "= 0", "add the step `decontaminate`"),
    ("pass_rate", "0..1", "add the step `grade`"),
    ("label_error", "< 1", "people decided on fewer than 30 traces"),
])  # fmt: skip
def test_what_is_unknown_does_not_pass_and_says_so(
    pool: Pool, gate: str, condition: str, why: str
) -> None:
    made = version(pool, Judged(), ["a"], report={"funnel": []})
    found = row(pool, made, **{gate: condition})
    assert (found["value"], found["passed"]) == (None, False)
    assert why in found["says"]


def test_label_error_is_what_precision_leaves(pool: Pool) -> None:
    label = [{"measure": "precision", "estimate": 0.99, "low": 0.95, "high": 0.999, "judged": 40}]
    made = version(pool, Judged(), ["a"], report={"label": label})
    found = row(pool, made, label_error="< 0.02")
    assert found["passed"]
    assert found["says"] == "0.01 (0.001 to 0.05, by 40 decisions)"


def test_change_is_against_the_last_version_that_passed_or_was_published(pool: Pool) -> None:
    first = version(pool, Judged(), ["a", "b", "c", "d"])
    assert row(pool, first, change="= 0")["passed"]  # there is nothing to compare it with
    first = write(pool, None, first.files, first.content)
    wild = version(pool, Judged(), ["e", "f"], before=first)
    found = row(pool, wild, change="< 20 %")
    assert (found["value"], found["passed"]) == (1.5, False)
    judged = {**wild.content, "gates": [found]}
    wild = write(pool, first, wild.files, judged)
    calm = version(pool, Judged(), ["a", "b", "c", "d", "g"], before=wild)
    assert row(pool, calm, change="< 30 %")["says"] == "0.25 (1 of 4 rows of version 1)"
    note(pool, wild.number, "s3://me:secret@host/data", ["sft"], ["change"])
    assert published(pool)[0]["to"] == "s3://host/data"
    assert row(pool, calm, change="< 30 %")["says"] == "3.5 (7 of 2 rows of version 2)"


def test_a_version_that_does_not_pass_is_refused_by_name(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    made = version(pool, Judged(), ["a"])
    check_gates(made, "")
    made.content["gates"] = judge(Gates(rows="> 5", truncated="< 1"), pool, made)
    assert [one["gate"] for one in tripped(made.content)] == ["truncated", "rows"]
    with pytest.raises(GateError, match="rows: 1 in the view `sft`; asked for is > 5") as caught:
        check_gates(made, "It stays.", {"recipe": "mine"})
    assert caught.value.report == {"recipe": "mine"}
    assert str(caught.value).endswith("It stays.")
