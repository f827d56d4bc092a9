r"""Functions defined by cases: `\begin{cases} x & x > 0 \\ -x & \text{otherwise} \end{cases}`."""

import re
from collections.abc import Callable
from typing import Any

from verifiers.math.comparing.numeric import mp, value
from verifiers.math.comparing.real_sets import contains, is_region
from verifiers.math.comparing.relations import unwrap
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

_CASES = re.compile(r"(?:[^=\\]*=\s*)?\\begin\{cases\}(.*)\\end\{cases\}\Z", re.DOTALL)
_PIECE = re.compile(  # `2-x \\word{for} x \\le 2`, `and x-2 if x > 2`
    r"\s*(?:\\word\{\s*,?\s*and\s*\}|and\b)?\s*(?P<value>[^=<>,;]+?)\s*[,]?\s*"
    r"(?:\\word\{\s*,?\s*(?:if|for|when|where)\s*\}|\b(?:if|for|when)\b)\s*"
    r"(?P<condition>[^,;]*(?:[<>]|\\[lgn]eq?(?![a-z]))[^,;]*?)\s*\Z"
)
CONDITIONED = re.compile(r"\b(?:if|for|when|where)\b")
"""A word that ties a value to a condition."""
_PIECES = re.compile(r"[;,]|(?=\\word\{\s*and\s*\})|\s(?=and\b)")
_LEAD = re.compile(r"\\word\{\s*(?:if|for|when|where)\s*\}|^\s*(?:if|for|when)\b")
_ELSE = re.compile(r"\\?(?:word)?\{?\s*(?:otherwise|else|elsewhere)\s*\}?\Z")

Compare = Callable[[str, str], str]
Rows = list[tuple[str, str]]
Pieces = list[tuple[Node, Node | None]]


def in_cases(text: str) -> str:
    """Cleaned `text` that tells cases in a line, "2-x for x <= 2, x-2 for x > 2", as a table."""
    if "{cases}" in text or not CONDITIONED.search(text):
        return text
    head, sign, body = (
        text.rpartition("=") if re.match(r"[^<>=]*=[^=]*\Z", text) else ("", "", text)
    )
    pieces = [_PIECE.match(piece) for piece in _PIECES.split(body) if piece and piece.strip()]
    rows = [f"{piece['value']} & {piece['condition']}" for piece in pieces if piece]
    if len(rows) < 2 or len(rows) < len(pieces):
        return text
    table = r" \\ ".join(rows)
    return rf"{head}{sign}\begin{{cases}}{table}\end{{cases}}"


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
    """The reason where both are defined by the same cases, in any order, or agree wherever they
    are defined; else undecided.
    """
    first, second = read_cases(ours), read_cases(theirs)
    if not first or not second:
        return "undecided.parse_answer" if first else "undecided.parse_gold"
    return _compare_rows(first, second, compare) or _compare_pieces(ours, theirs)


def _compare_rows(first: Rows, second: Rows, compare: Compare) -> str | None:
    """The reason where the conditions of both are the same; None where they are not."""
    reasons = []
    for result, condition in first:
        same = [
            v
            for v, c in second
            if c == condition or (c and condition and _says(compare, c, condition))
        ]
        if len(same) != 1 or len(first) != len(second):
            return None
        reasons.append(compare(result, same[0]))
    return next((r for r in reasons if not r.startswith("equal.")), reasons[0])


def _says(compare: Compare, one: str, other: str) -> bool:
    return compare(one, other).startswith("equal.")


_POINTS = [mp.mpf(n) / 6 for n in range(-72, 73)] + [mp.mpf(n) / 7 for n in range(-700, 701, 20)]
_ENOUGH = 3  # points at which a case has to be seen, save one that is a single point
_SAME = mp.mpf(10) ** -30


def _pieces(cases: str) -> Pieces | None:
    """The cases as trees; None where one is not read."""
    rows = read_cases(cases)
    try:
        parts = [(unwrap(parse(v)), parse(c) if c else None) for v, c in rows or ()]
    except (UnreadableError, TooBigError):
        return None
    return parts if parts and all(map(_readable, parts)) else None


def _only_name(*nodes: Node | None) -> str | None:
    """The one letter of some trees; None where there is another number of them."""
    names = frozenset[str]().union(*(symbols(node) for node in nodes if node))
    return next(iter(names)) if len(names) == 1 else None


def _compare_pieces(ours: str, theirs: str) -> str:
    """The reason for two functions by cases, by what they are at many points and at their ends."""
    first, second = _pieces(ours), _pieces(theirs)
    if not first or not second:
        return "undecided.unsupported"
    name = _only_name(*(node for pair in (*first, *second) for node in pair))
    if not name:
        return "undecided.unsupported"
    try:
        values = [[_at(pieces, point, name) for point in _POINTS] for pieces in (first, second)]
    except (UnreadableError, TooBigError, KeyError):
        return "undecided.unsupported"
    pairs = list(zip(*values, strict=True))
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    if any(abs(a - b) > _SAME * (1 + abs(a)) for a, b in both):
        return "differ.value"
    known = len(both) > _ENOUGH and all((a is None) == (b is None) for a, b in pairs)
    return "equal.numeric" if known else "undecided.unsupported"


def _at(pieces: Pieces, point: Any, name: str) -> Any:
    """What a function by cases is at a point; None where no case holds."""
    for part, condition in pieces:
        if condition is None or contains(condition, point):
            return value(part, {name: point})
    return None


def compare_with_formula(cases: str, formula: str) -> str | None:
    """The reason for cases beside one formula, `|x|` for x and -x; None where it cannot be said.

    Every case has to agree with the formula at points where its condition holds.
    """
    parts = _pieces(cases)
    try:
        whole = unwrap(parse(formula))
    except (UnreadableError, TooBigError):
        return None
    name = _only_name(whole, *(node for pair in parts or () for node in pair))
    return _agree(parts, whole, name) if parts and name else None


def _readable(part: tuple[Node, Node | None]) -> bool:
    condition = part[1]
    return condition is None or condition.kind == "rel" or is_region(condition)


def _agree(parts: Pieces, whole: Node, name: str) -> str | None:
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
