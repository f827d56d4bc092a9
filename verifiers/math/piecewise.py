r"""Functions defined by cases: `\begin{cases} x & x > 0 \\ -x & \text{otherwise} \end{cases}`."""

import re
from collections.abc import Callable

_CASES = re.compile(r"(?:[^=\\]*=\s*)?\\begin\{cases\}(.*)\\end\{cases\}\Z", re.DOTALL)
_LEAD = re.compile(r"\\word\{\s*(?:if|for|when|where)\s*\}|^\s*(?:if|for|when)\b")
_ELSE = re.compile(r"\\?(?:word)?\{?\s*(?:otherwise|else|elsewhere)\s*\}?\Z")

Compare = Callable[[str, str], str]


def read_cases(text: str) -> list[tuple[str, str]] | None:
    """The value and the condition of each case of cleaned `text`; "" is "otherwise"."""
    match = _CASES.match(text)
    rows = [row.split("&") for row in re.split(r"\\\\", match[1]) if row.strip()] if match else []
    if not rows or any(len(row) != 2 for row in rows):
        return None
    return [(value.strip(" ,"), _condition(condition)) for value, condition in rows]


def _condition(text: str) -> str:
    bare = _LEAD.sub("", text).strip(" ,.")
    return "" if _ELSE.match(bare) else bare


def compare_cases(ours: str, theirs: str, compare: Compare) -> str:
    """The reason where both are defined by the same cases, in any order; else undecided."""
    first, second = read_cases(ours), read_cases(theirs)
    if not first or not second:
        return "undecided.parse_answer" if first else "undecided.parse_gold"
    reasons = []
    for value, condition in first:
        same = [
            v
            for v, c in second
            if c == condition or (c and condition and _says(compare, c, condition))
        ]
        if len(same) != 1 or len(first) != len(second):
            return "undecided.unsupported"
        reasons.append(compare(value, same[0]))
    return next((r for r in reasons if not r.startswith("equal.")), reasons[0])


def _says(compare: Compare, one: str, other: str) -> bool:
    return compare(one, other).startswith("equal.")
