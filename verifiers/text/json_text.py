"""JSON in a text: whether it is an object or array, and the last one that stands in it."""

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)  # ```json [1, 2]```
_DEEPEST = 60  # brackets; Python's parser recurses


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
