import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals.measuring.calibration import FIGURES, calibration

SAID = st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 100), st.booleans()), max_size=40)


def of(rows: list[tuple[str, float, bool]]) -> dict[str, dict[str, float]]:
    columns = {"problem_id": pl.String, "confidence": pl.Float64, "right": pl.Boolean}
    frame = pl.DataFrame(rows, columns, orient="row")
    found = calibration(frame, "problem_id").to_dicts()
    return {row["problem_id"]: {name: row[name] for name in FIGURES} for row in found}


def test_figures_by_hand() -> None:
    found = of([("p", 0.9, True), ("p", 0.9, True), ("p", 0.9, False), ("p", 0.5, True)])["p"]
    assert found["stated"] == 4
    assert found["confidence"] == pytest.approx(0.8) and found["right"] == pytest.approx(0.75)
    assert found["brier"] == pytest.approx((0.01 + 0.01 + 0.81 + 0.25) / 4)
    assert found["ece"] == pytest.approx((abs(2.7 - 2) + abs(0.5 - 1)) / 4)


def test_a_trace_that_is_certain_and_right_is_calibrated() -> None:
    assert of([("p", 1.0, True), ("p", 0.0, False)])["p"]["ece"] == 0
    assert of([("p", 1.0, False)])["p"] == {
        "stated": 1, "confidence": 1, "right": 0, "brier": 1, "ece": 1,
    }  # fmt: skip


def test_a_bin_begins_at_its_tenth() -> None:
    """0.7 as a float lies below seven tenths, and stands in a bin with 0.79, not with 0.69."""
    assert of([("p", 0.7, False), ("p", 0.79, True)])["p"]["ece"] == pytest.approx(0.49 / 2)


@given(SAID, st.randoms())
def test_figures_know_no_order_and_keep_their_range(rows, random) -> None:  # type: ignore[no-untyped-def]
    said = [(problem, percent / 100, right) for problem, percent, right in rows]
    mixed = random.sample(said, len(said))
    assert of(said) == of(mixed)
    for found in of(said).values():
        assert all(0 <= found[name] <= 1 for name in FIGURES[1:])
        # A mean of distances is at least the distance of the means, and the variance adds to it.
        assert found["ece"] >= abs(found["confidence"] - found["right"]) - 1e-12
        assert found["brier"] >= (found["confidence"] - found["right"]) ** 2 - 1e-12
