from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.recipe.samples import Draws, Samples

DRAWS: TypeAdapter[Samples] = TypeAdapter(Draws)


def test_a_number_is_short_for_as_many_at_least_and_at_most() -> None:
    assert DRAWS.validate_python(4) == Samples(min=4, max=4)
    assert DRAWS.validate_python({"max": 8, "until": {"correct": 2}}).min == 1


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (0, "greater than or equal to 1"),
        (True, "valid dictionary"),
        ({"max": 8}, "say `until` when to stop"),
        ({"min": 9, "max": 8, "until": {"correct": 2}}, "`min` is 9, above `max` (8)"),
        ({"max": 129, "until": {"correct": 2}}, "`max` is at most 128"),
        ({"max": 8, "until": {}}, "either `band` or `correct`"),
        ({"max": 8, "until": {"band": [0.1, 0.6], "correct": 1}}, "either `band` or `correct`"),
        ({"max": 8, "until": {"band": [0.6, 0.1]}}, "0 <= low <= high <= 1"),
        ({"max": 8, "until": {"band": [0, 1]}}, "every pass rate lies in the band"),
        ({"max": 8, "until": {"band": [0.3, 0.35]}}, "no pass rate of 8 samples"),
        ({"max": 8, "until": {"correct": 5, "incorrect": 4}}, "asks for 9 samples"),
        ({"max": 8, "until": {"correct": 1, "confidence": 0.2}}, "greater than 0.5"),
        ({"max": 8, "until": {"corect": 1}}, "Extra inputs"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(value: Any, complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DRAWS.validate_python(value)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("value", [4, {"max": 8, "until": {"band": [0.1, 0.6]}}], ids=str)
def test_the_schema_for_editors_accepts_both_forms(value: Any) -> None:
    jsonschema.validate(value, DRAWS.json_schema())


@pytest.mark.parametrize("value", ["4", {"max": 8, "until": {"corect": 1}}], ids=str)
def test_the_schema_for_editors_refuses_what_is_refused(value: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, DRAWS.json_schema())
