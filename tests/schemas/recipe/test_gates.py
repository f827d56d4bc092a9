import pytest

from schemas.recipe.gates import Gates, Share, bounds, holds


@pytest.mark.parametrize(
    ("condition", "inside", "outside"),
    [
        ("< 0.02", 0.019, 0.02),
        ("<= 2 %", 0.02, 0.0201),
        (">10_000", 10_001, 10_000),
        (">= 0.5", 0.5, 0.49),
        ("= 0", 0, 1),
        ("0.3..0.7", 0.3, 0.29),
        ("30 % .. 70 %", 0.7, 0.71),
        ("< 1e-3", 0.0009, 0.001),
    ],
)
def test_a_condition_holds_up_to_its_edge(condition: str, inside: float, outside: float) -> None:
    assert holds(condition, inside)
    assert not holds(condition, outside)


@pytest.mark.parametrize("text", ["", "0.02", "=< 1", "about 3", "1..", "..1", "< x", "< 1 < 2"])
def test_what_is_no_condition_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no condition; write `< 0\.02`"):
        bounds(text)


def test_a_band_that_holds_for_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="the smaller end comes first"):
        bounds("0.7..0.3")


@pytest.mark.parametrize("gate", [n for n, f in Gates.model_fields.items() if Share in (
    f.annotation.__args__)])  # fmt: skip
def test_a_share_that_no_number_of_rows_can_have_is_refused(gate: str) -> None:
    with pytest.raises(ValueError, match=r"`< 2`: a share lies from 0 to 1; `2 %` is 0\.02"):
        Gates.model_validate({gate: "< 2"})


def test_every_gate_says_what_it_divides() -> None:
    assert all(known.description for known in Gates.model_fields.values())
