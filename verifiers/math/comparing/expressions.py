"""Two expressions with their conditions: as trees, as families, or as texts that are no trees."""

import re

from verifiers.math.asked import asked_for, unmarked
from verifiers.math.comparing.assignments import each_named
from verifiers.math.comparing.lines import NO_LETTERS, Letters
from verifiers.math.comparing.piecewise import CONDITIONED, compare_cases, compare_with_formula
from verifiers.math.comparing.relations import unwrap
from verifiers.math.comparing.structures import compare_nodes
from verifiers.math.conditions import Conditioned, same_conditions, split
from verifiers.math.families import compare_families
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError

_CODE = re.compile(
    r"__|(?<!\\)\blambda\b|\w+\.\w+\(|\w\(\)|[@#]|(?<!\\char)\"|^'|\('|\\(?:def|input|include|write|catcode|newcommand)(?![a-z])"
)
_DOTS = re.compile(r"\\[lc]?dots[bcmio]?(?![a-z])|\.\.\.")


def compare_expressions(ours: str, theirs: str, problem: str = "") -> str:
    """Two cleaned answers as trees, with their conditions; `undecided.unread` where one is none."""
    first, second = split(ours), split(theirs)
    same = same_conditions(first.conditions, second.conditions)
    if ("{cases}" in ours) != ("{cases}" in theirs):
        return _compare_mains(ours, theirs, NO_LETTERS, problem)
    letters = Letters(first.whole | second.whole, first.free | second.free)
    reason = _compare_mains(first.main, second.main, letters, problem)
    if same is None and ours.count("{cases}") == theirs.count("{cases}"):
        return "undecided.unread" if reason.startswith("equal.") else reason
    if first.positive != second.positive and _runs_both_ways(first, second):
        return "undecided.unread" if reason.startswith("equal.") else reason
    if same is False:
        return _compare_under_conditions(reason, ours, theirs, (first, second), problem)
    return reason


def _compare_under_conditions(
    reason: str, ours: str, theirs: str, sides: tuple[Conditioned, Conditioned], problem: str
) -> str:
    """The reason for two values under conditions of which no tree is the other's.

    `reason` is what holds of the values alone: the same under conditions that are the same
    (`x > 0, x < 5` and `0 < x < 5`), another answer under others, undecided where they are unread.
    """
    under = [", ".join(side.conditions) for side in sides]
    if reason.startswith("equal.") and not any(map(CONDITIONED.search, under)):
        told = _compare_mains(under[0], under[1], NO_LETTERS, problem)
        return reason if told.startswith("equal.") else min(told, "undecided.unread")
    if CONDITIONED.search(ours) or CONDITIONED.search(theirs):
        # Which value goes with which condition is not told by the whole.
        return "undecided.unread" if reason.startswith("equal.") else reason
    whole = _compare_mains(ours, theirs, NO_LETTERS, problem)
    return whole if whole.startswith("equal.") else min(reason, "undecided.unread")


def _runs_both_ways(first: Conditioned, second: Conditioned) -> bool:
    """Whether the side that names no least whole number says that it has none."""
    other = second if first.positive else first
    return bool(other.whole) or "mod" in other.main


def _compare_mains(ours: str, theirs: str, letters: Letters, problem: str) -> str:
    if "{cases}" in ours and "{cases}" in theirs:
        return compare_cases(ours, theirs, compare_expressions)
    if "{cases}" in ours or "{cases}" in theirs:
        found = compare_with_formula(ours, theirs) or compare_with_formula(theirs, ours)
        return found or _compare_unread(ours, theirs)
    trees: list[Node] = []
    for text in (ours, theirs):
        try:
            trees.append(parse(text))
        except TooBigError:
            return "undecided.limit"
        except UnreadableError:
            return _compare_unread(ours, theirs)
    first, second = unmarked(*trees)
    first, second = each_named(first, second), each_named(second, first)
    try:
        first, second = asked_for(first, second, problem), asked_for(second, first, problem)
        reason = compare_nodes(*_alone(first, second))
        if reason.startswith("differ."):
            reason = compare_families(first, second, letters, compare_nodes) or reason
    except TooBigError:
        return "undecided.limit"
    except UnreadableError:
        return _compare_unread(ours, theirs)
    return reason


def _compare_unread(ours: str, theirs: str) -> str:
    """The reason where a side is no tree: only the same text can be told to be equal."""
    if ours.replace(" ", "") == theirs.replace(" ", ""):
        return "equal.string"
    if any(map(_is_junk, (ours, theirs))):
        return "differ.type"
    dots = [bool(_DOTS.search(side)) for side in (ours, theirs)]
    if all(dots):
        return "differ.value"
    return "undecided.unread"


def _alone(first: Node, second: Node) -> tuple[Node, Node]:
    r"""`4` for `\{4\}` beside a value that is no set."""
    if (first.kind == "rel") != (second.kind == "rel"):
        first, second = unwrap(first), unwrap(second)
    one, other = (
        side.args[2][0]
        if side.kind == "group" and side.args[0] == "\\{" and len(side.args[2]) == 1
        else side
        for side in (first, second)
    )
    if (one is first) == (other is second) or {first.kind, second.kind} & {"named", "cup", "minus"}:
        return first, second
    return one, other


def _is_junk(text: str) -> bool:
    """Whether a text has nothing to read as mathematics, such as code or punctuation."""
    return not any(c.isascii() and c.isalnum() for c in text) or bool(_CODE.search(text))
