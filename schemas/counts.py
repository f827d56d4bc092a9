"""Large numbers as people write them: 200M, 1.5k, 2e9."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

TIMES = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
WRITTEN = re.compile(r"(\d+(?:\.\d+)?(?:[eE]\+?\d+)?)([kMB]?)")


def _count(value: Any) -> Any:
    """The number; what is not written as one is left to be refused."""
    found = WRITTEN.fullmatch(value.replace("_", "")) if isinstance(value, str) else None
    return round(float(found[1]) * TIMES[found[2]]) if found else value


Count = Annotated[int, BeforeValidator(_count, json_schema_input_type=int | str), Field(ge=1)]
"""At least one."""
