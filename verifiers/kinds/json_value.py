"""JSON answers: the same value at every path; key order and spacing do not count.

Strings are compared as words and numbers as exact numbers, also where one side quotes them; `true`
is not 1. Lists keep their order.
"""

import json
import re
from typing import Any

from verifiers.math.rounding import compare_numbers
from verifiers.text.numbers import read_number
from verifiers.text.short_text import compare_text

_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
_DEEPEST = 60  # brackets; Python's parser recurses

Scalar = str | int | float | bool | None


def read_json(text: str) -> dict[str, Any] | list[Any] | None:
    """The object or array that `text` is, in or out of a fence; None for anything else."""
    fenced = _FENCE.search(text)
    body = (fenced[1] if fenced else text).strip()
    if body[:1] not in ("{", "[") or _depth(body) > _DEEPEST:
        return None
    try:
        return json.loads(body, parse_constant=_refuse)
    except ValueError:
        return None


def is_structured(gold: str) -> bool:
    """Whether a gold answer is JSON and no list of numbers, which is mathematics."""
    found = read_json(gold)
    return isinstance(found, dict) or (bool(found) and not _numeric(found))


def last_json(text: str) -> str | None:
    """The last object or array that stands in `text`, as it is written; None without one."""
    fences = [match[1].strip() for match in _FENCE.finditer(text)]
    if fences and fences[-1][:1] in ("{", "["):
        return fences[-1]
    decoder = json.JSONDecoder(parse_constant=_refuse)
    end = max(text.rfind("}"), text.rfind("]")) + 1
    starts = [m.start() for m in re.finditer(r"(?:^|(?<=[\s:>`]))[{\[]", text[:end])][-_DEEPEST:]
    for start in starts:  # the first that reads to the end holds the others
        try:
            stop = decoder.raw_decode(text, start)[1] if _depth(text[start:end]) <= _DEEPEST else 0
        except ValueError:
            continue
        if stop == end:
            return text[start:end]
    return None


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


def _numeric(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_numeric, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "{[") - (character in "}]")
        deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
