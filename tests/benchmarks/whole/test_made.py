from pathlib import Path

import polars as pl
import pytest

from benchmarks.whole.made import COPIES, SAMPLES, answers, make
from verifiers import Problem, verify


def test_whichever_of_two_copies_is_kept_the_same_is_written(tmp_path: Path) -> None:
    make(tmp_path / "made", 2 * COPIES * SAMPLES)
    problems = pl.read_parquet(tmp_path / "made" / "problems" / "*.parquet")
    traces = pl.read_parquet(tmp_path / "made" / "traces" / "*.parquet")
    assert (len(problems), len(traces)) == (2 * COPIES, 2 * COPIES * SAMPLES)
    of = {name: set(rows["trace"]) for (name,), rows in traces.group_by("problem_id")}
    assert of[f"p{COPIES - 1}"] == of[f"p{COPIES - 2}"]
    assert len(set(traces["trace"])) == 2 * (COPIES - 1) * SAMPLES


@pytest.mark.parametrize("number", range(8))
def test_the_verdicts_are_what_was_planted(number: int) -> None:
    gold, right, wrong = answers(number)
    for said, verdict in ((right, "correct"), (wrong, "incorrect")):
        assert verify(Problem("", "", gold), rf"\boxed{{{said}}}").verdict == verdict
