r"""Orders of growth: `O(n \log n)` is `\mathcal{O}(n \log_2 n)`, up to a constant factor."""

import re
from typing import Any

from verifiers.math.comparing.numeric import mp, value
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

_ORDER = re.compile(
    r"(?:[A-Z]\(n\)\s*(?:=|\\in)\s*)?"
    r"(?P<order>O|o|\\Theta|\\Omega|\\omega|Θ|Ω)\s*\((?P<of>.+)\)\Z"
)
_DRESSED = re.compile(r"\\(?:mathcal|mathrm|mathit|operatorname)\s*(?:\{\s*O\s*\}|O\b)")
_POINTS = ([mp.mpf(n) for n in (29, 101, 1009)], [mp.mpf(10) ** n for n in (40, 80, 160)])
"""Where a constant factor shows, also of exponentials; where smaller terms do not count."""
_SAME, _NEAR = mp.mpf(10) ** -15, mp.mpf("0.05")
"""Relative differences between ratios: of powers that do not count, and of logarithms."""


def compare_growth(ours: str, theirs: str) -> str | None:
    """The reason for two orders of growth of the same kind; None where a side is none."""
    first, second = (_ORDER.match(_DRESSED.sub("O", side)) for side in (ours, theirs))
    if not first or not second:
        return None
    if first["order"] != second["order"]:
        return "undecided.unread"  # `O(n)` where `\Theta(n)` is meant
    try:
        ours_of, theirs_of = parse(first["of"]), parse(second["of"])
        names = symbols(ours_of)
        if names != symbols(theirs_of) or len(names) > 1:
            return None
    except (UnreadableError, TooBigError):
        return None
    spreads = [_spread(ours_of, theirs_of, names, points) for points in _POINTS]
    known = [spread for spread in spreads if spread is not None]
    if not known:
        return None
    if min(known) <= _SAME:
        return "equal.numeric"
    return "undecided.unread" if known[-1] <= _NEAR else "differ.value"


def _spread(first: Node, second: Node, names: frozenset[str], points: list[Any]) -> Any:
    """How far the ratio of two functions is from a constant; None where it is not known."""
    try:
        rows = [
            [value(node, dict.fromkeys(names, at)) for at in points] for node in (first, second)
        ]
    except (UnreadableError, TooBigError, KeyError):
        return None
    if any(v is None or not v for row in rows for v in row):
        return None
    ratios = [a / b for a, b in zip(*rows, strict=True)]
    return max(abs(ratio / ratios[0] - 1) for ratio in ratios)
