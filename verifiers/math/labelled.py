r"""Parts with names: `A(0,3), B(4,0)`, `max = 5, min = -1`, "red on (0,1), green on (1,2)".

Parts are found by their names, in any order, where both sides name the same ones.
"""

import re
from collections.abc import Callable

_JOINTS = re.compile(r"\s*(?:[,;]|\\word\{\s*,?\s*(?:and)?\s*\}|\band\b)\s*")
_INNER = re.compile(r"\\word\{\s*(,|and\b)\s*")  # `\word{, decreasing on}`
_WORDS = r"(?:[A-Za-z][a-z]+(?: [a-z]+)*|[一-鿿]{2,8})"
_PART = re.compile(  # `A(0,3)`, `A = (0,3)`, `\word{maximum} 5`, `\max = 5`, `increasing on (0,e)`
    rf"(?:\\word\{{\s*(?P<marked>{_WORDS})\s*[:=]?\s*\}}|\\(?P<named>max|min)(?![a-z])"
    rf"|(?P<plain>{_WORDS})(?![A-Za-z])|(?P<point>[A-Z](?:_\{{?\d\}}?|')?)(?=\s*(?:[=:]\s*)?\())"
    r"\s*[=:]?\s*(?P<value>.*[\d)\]\\].*)\Z",
    re.DOTALL,
)
_SAME = {"max": "maximum", "min": "minimum"}
_FILLER = re.compile(r"\b(?:the|value|is|are|of|at|on|in|for|point)\b")


def compare_labelled(ours: str, theirs: str, compare: Callable[[str, str], str]) -> str | None:
    """The reason for two lists of named parts; None unless both name the same two or more."""
    first, second = read_labelled(ours), read_labelled(theirs)
    if not first or not second or first.keys() != second.keys():
        return None
    reasons = [compare(value, second[label]) for label, value in first.items()]
    return next((r for r in reasons if not r.startswith("equal.")), reasons[0])


def read_labelled(text: str) -> dict[str, str] | None:
    """The parts of cleaned `text` by their names; None unless all of two or more have one."""
    found: dict[str, str] = {}
    for part in _split(_INNER.sub(r"\1 \\word{", text)):
        match = _PART.match(part)
        if not match or "\\word" in match["value"]:
            return None
        name = match["marked"] or match["named"] or match["plain"] or match["point"]
        name = " ".join(_FILLER.sub(" ", name.lower() if len(name) > 2 else name).split())
        name = _SAME.get(name, name)
        if not name or name in found:
            return None
        found[name] = match["value"].strip()
    return found if len(found) > 1 else None


def _split(text: str) -> list[str]:
    """The parts that commas, semicolons and "and" outside of brackets separate."""
    parts, depth, start = list[str](), 0, 0
    for joint in _JOINTS.finditer(text):
        inside = text[start : joint.start()]
        depth = sum(inside.count(c) for c in "([{") - sum(inside.count(c) for c in ")]}")
        if depth or not inside.strip():
            if not depth:
                start = joint.end()
            continue
        parts.append(inside.strip())
        start = joint.end()
    return [*parts, text[start:].strip()]
