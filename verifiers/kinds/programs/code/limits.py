"""The limits and the comparison that a suite states, in the units in which people state them.

A limit that is no number (NaN, infinity, a word) raises ValueError: nothing can be judged by it.
"""

import math
import re
from typing import Any

LONGEST = 60.0
"""CPU seconds of one test that are granted at most, whatever a suite asks for."""
LARGEST_MB = 8192
"""Megabytes of one test that are granted at most."""

_MILLISECONDS = 100  # a bare limit from here on: no test of a public set takes so many seconds
_QUANTITY = re.compile(
    r"\s*([-+.\deE]+)\s*([a-zA-Z]*)\s*"
)  # `2 seconds`, `2000ms`, `256 megabytes`
_SECONDS = {"": None, "s": 1.0, "sec": 1.0, "second": 1.0, "ms": 1e-3, "millisecond": 1e-3,
            "msec": 1e-3}  # fmt: skip
_MEGABYTES = {"": 1.0, "mb": 1.0, "mib": 1.0, "megabyte": 1.0, "m": 1.0, "gb": 1024.0,
              "gib": 1024.0, "gigabyte": 1024.0, "kb": 1 / 1024, "kilobyte": 1 / 1024}  # fmt: skip


def seconds(limit: Any) -> float | None:
    """CPU seconds of a test: a number, `2 seconds`, `2000 ms`, or CodeContests' seconds and nanos.

    A bare number from 100 on is milliseconds. None where none is stated.

    >>> [seconds(limit) for limit in (2, "2 seconds", 2000, {"seconds": 1, "nanos": 5e8}, None)]
    [2.0, 2.0, 2.0, 1.5, None]
    """
    if isinstance(limit, dict):
        limit = _finite(limit.get("seconds") or 0) + _finite(limit.get("nanos") or 0) / 1e9
    if not limit:
        return None
    value, unit = _quantity(limit)
    factor = _SECONDS[unit]
    if factor is None:
        factor = 1e-3 if value >= _MILLISECONDS else 1.0
    return min(value * factor, LONGEST)


def megabytes(stated: dict[str, Any]) -> int | None:
    """Megabytes of a test: `memory_mb`, `memory_limit` or `memory_limit_bytes`; None without."""
    if stated.get("memory_limit_bytes"):
        value = _finite(stated["memory_limit_bytes"]) / 1e6
    elif limit := stated.get("memory_mb") or stated.get("memory_limit"):
        number, unit = _quantity(limit)
        value = number * _MEGABYTES[unit]
    else:
        return None
    return min(round(_positive(value)), LARGEST_MB)


def comparison(stated: dict[str, Any]) -> dict[str, Any]:
    """`compare` of a suite, with a tolerance that is a finite number, or without one."""
    compare = dict(stated.get("compare") or {})
    if "float_tol" in compare:
        compare["tolerance"] = compare.pop("float_tol")
    if compare.get("tolerance") is not None:
        compare["tolerance"] = _finite(compare["tolerance"])
        if not 0 <= compare["tolerance"] <= 1:
            raise ValueError(f"a tolerance of {compare['tolerance']}")
    return compare


def _quantity(limit: Any) -> tuple[float, str]:
    found = _QUANTITY.fullmatch(limit) if isinstance(limit, str) else None
    value, unit = (found[1], found[2].lower()) if found else (limit, "")
    unit = unit.removesuffix("s") if len(unit) > 2 else unit
    return _positive(_finite(value)), unit


def _finite(value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError(f"no number: {value!r:.50}")
    return number


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError(f"a limit of {value}")
    return value
