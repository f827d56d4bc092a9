r"""Functions defined by cases: `\begin{cases} x & x > 0 \\ -x & \text{otherwise} \end{cases}`."""

import re
from collections.abc import Callable

from verifiers.math.comparing.numeric import mp, value
from verifiers.math.comparing.real_sets import contains, is_region
from verifiers.math.comparing.relations import unwrap
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

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
    for result, condition in first:
        same = [
            v
            for v, c in second
            if c == condition or (c and condition and _says(compare, c, condition))
        ]
        if len(same) != 1 or len(first) != len(second):
            return "undecided.unsupported"
        reasons.append(compare(result, same[0]))
    return next((r for r in reasons if not r.startswith("equal.")), reasons[0])


def _says(compare: Compare, one: str, other: str) -> bool:
    return compare(one, other).startswith("equal.")


_POINTS = [mp.mpf(n) / 6 for n in range(-72, 73)] + [mp.mpf(n) / 7 for n in range(-700, 701, 20)]
_ENOUGH = 3  # points at which a case has to be seen, save one that is a single point
_SAME = mp.mpf(10) ** -30


def compare_with_formula(cases: str, formula: str) -> str | None:
    """The reason for cases beside one formula, `|x|` for x and -x; None where it cannot be said.

    Every case has to agree with the formula at points where its condition holds.
    """
    rows = read_cases(cases)
    try:
        whole = unwrap(parse(formula))
        parts = [(unwrap(parse(v)), parse(c) if c else None) for v, c in rows or ()]
    except (UnreadableError, TooBigError):
        return None
    names = symbols(whole).union(*(symbols(part) for pair in parts for part in pair if part))
    if not parts or len(names) != 1 or not all(map(_readable, parts)):
        return None
    (name,) = names
    return _agree(parts, whole, name)


def _readable(part: tuple[Node, Node | None]) -> bool:
    condition = part[1]
    return condition is None or condition.kind == "rel" or is_region(condition)


def _agree(parts: list[tuple[Node, Node | None]], whole: Node, name: str) -> str | None:
    seen = [0] * len(parts)
    try:
        for point in _POINTS:
            for at, (part, condition) in enumerate(parts):
                if condition is None or contains(condition, point):
                    here, there = value(part, {name: point}), value(whole, {name: point})
                    if here is None or there is None:
                        return None
                    if abs(here - there) > _SAME * (1 + abs(here)):
                        return "differ.value"
                    seen[at] += 1
                    break
    except (UnreadableError, TooBigError, KeyError):
        return None
    single = [c is not None and c.args[0] == ("=",) for _, c in parts]
    enough = all(n >= (1 if one else _ENOUGH) for n, one in zip(seen, single, strict=True))
    return "equal.numeric" if enough else None
