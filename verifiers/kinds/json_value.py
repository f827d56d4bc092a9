"""JSON answers: the same value at every path; key order and spacing do not count.

Strings are compared as words and numbers as exact numbers, also where one side quotes them; `true`
is not 1. Lists keep their order.
"""

from typing import Any

from verifiers.math.rounding import compare_numbers
from verifiers.text.json_text import read_json
from verifiers.text.numbers import read_number
from verifiers.text.short_text import compare_text

Scalar = str | int | float | bool | None


def compare_json(gold: str, answer: str) -> str:
    """`equal.exact`, `differ.value`, `differ.type` or `undecided.parse_gold`."""
    ours, theirs = read_json(gold), read_json(answer)
    if ours is None:
        return "undecided.parse_gold"
    if theirs is None:
        return "differ.type"
    return "equal.exact" if _same(ours, theirs) else "differ.value"


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(ours, dict | list) or isinstance(theirs, dict | list):
        return False
    return _same_scalar(ours, theirs)


def _same_scalar(ours: Scalar, theirs: Scalar) -> bool:
    if ours is None or theirs is None or isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    first, second = read_number(str(ours)), read_number(str(theirs))
    if first and second:
        return compare_numbers(first, second) == "equal.exact"
    return compare_text(str(ours), str(theirs)).startswith("equal.")
