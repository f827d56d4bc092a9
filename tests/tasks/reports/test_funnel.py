import pytest

from schemas.errors import PoolError
from tasks.pool.funnel import funnel_line, funnel_row
from tasks.pool.store import Pool, Receipt
from tasks.reports.funnel import figures
from tests.tasks.judged import Judged


def test_a_line_of_the_funnel() -> None:
    counts = {
        "in": 10,
        "out": 7,
        "aside.proof": 2,
        "aside.figure": 1,
        "aside.gold": 0,
        "correct": 3,
    }
    assert funnel_line("screen", "x", "problems", counts) == {
        "stage": "screen", "label": "x", "rows": "problems", "in": 10, "out": 7,
        "aside": {"proof": 2, "figure": 1}, "notes": {"correct": 3},
    }  # fmt: skip


@pytest.mark.parametrize("out", [6, 8])
def test_a_funnel_that_does_not_add_up_is_refused(out: int) -> None:
    with pytest.raises(PoolError) as caught:
        funnel_line("screen", "x", "problems", {"in": 10, "out": out, "aside.proof": 3})
    assert f"screen x: the funnel does not add up: 10 rows in, {out} out" in str(caught.value)
    assert "{'proof': 3} set aside" in str(caught.value)


def test_receipts_are_summed() -> None:
    parts = [{"in": 3, "out": 3}, {"in": 2, "out": 1, "aside.proof": 1}]
    receipts = [Receipt("screen", str(n), "", counts=counts) for n, counts in enumerate(parts)]
    line = funnel_row("screen", "", "problems", receipts)
    assert (line["in"], line["out"], line["aside"]) == (5, 4, {"proof": 1})


def test_one_shard_that_loses_a_row_spoils_the_sum() -> None:
    receipts = [Receipt("s", "k", "", counts={"in": 3, "out": 2})]
    with pytest.raises(PoolError, match="does not add up"):
        funnel_row("s", "", "problems", receipts)


def test_no_receipts_are_an_empty_line() -> None:
    assert funnel_row("s", "", "problems", [])["in"] == 0


def test_pass_rates_are_told_per_solver(pool: Pool) -> None:
    found = figures(pool, Judged().ask("a", "7", "8").ask("b", "8", "8").into(pool))
    assert [row["solver"] for row in found["pass_rates"]] == ["t", "all"]
    last = found["pass_rates"][-1]
    assert (last["problems"], last["samples"], last["correct"], last["pass_rate"]) == (
        2,
        4,
        1,
        0.25,
    )


def test_verdicts_are_compared_with_the_labels_of_the_recording(pool: Pool) -> None:
    judged = Judged().ask("a", "7", "8", "8")
    for row, label in zip(judged.traces, (True, True, None), strict=True):
        row["label"] = label
    found = figures(pool, judged.into(pool))["agreement"]
    assert [(row["label"], row["verdict"], row["traces"]) for row in found] == [
        (True, "correct", 1), (True, "incorrect", 1),
    ]  # fmt: skip


def test_a_pool_without_traces_has_no_figures(pool: Pool) -> None:
    assert figures(pool, {}) == {
        "pass_rates": [], "agreement": [], "broken_tests": [], "label_quality": [], "label": [],
        "judges": [], "calibration": [], "found": [],
    }  # fmt: skip
