"""What a sentence says of when, for whom and for which letters its value holds."""

import re

from verifiers.extract.prose import Span

_IS_CONDITION = re.compile(  # "for all rational $x$", "with an arbitrary constant $A$"
    r"\b(?:for (?:all|every|any|each)|with|where|when|whenever|if|converg\w+ for)"
    r"(?: (?:an?|the|some|all|any|every|arbitrary|real|rational|integer|complex|positive|natural"
    r"|free|constants?|numbers?|integers?|parameters?|values?|of)){0,5}\s+[$\\(]*\Z",
    re.IGNORECASE,
)
_RANGES = re.compile(  # `k = 0, 1, 2` behind "for"
    r"[\s$\\(]*[a-zA-Z](?:_\w)?\s*(?:=|\\in(?![a-z])|∈|[<>≤≥]|\\[lg]e)"
)
_RUNS = re.compile(  # "for" before `k = 0, 1, 2`, "for integer" before `m`
    r"\bfor(?: (?:integer|whole|natural|real|rational|positive|arbitrary|complex))?\s+[$\\(]*\Z"
)
_LEAVES_OUT = re.compile(  # ", where $k$ is a positive integer", not "is an integer"
    r"[\s$)\]\\]*,?\s*(?P<said>(?:where|with|for|when|if)\s+[$\\(]*(?P<letter>[a-zA-Z])\b[^.;\n]{0,40}?"
    r"\b(?:positive|negative|non-?negative|nonzero|odd|even|prime|natural)\b[^.;,\n]{0,30})"
)
_BASE = re.compile(  # "12 of the 20", "more than the 20", "15 toys in 3 hours", "for n = 6"
    r"\b(?:of (?:the|its|his|her|their|these|those|all)|than(?: the)?"
    r"|(?<!result )(?<!results )(?<!resulting )in|within|after|per|every|during"
    r"|for (?=[a-z]\s?=))\s+\Z",
    re.IGNORECASE,
)
_FOR = re.compile(r"\bfor\s+\Z", re.IGNORECASE)  # "8 days for 3 workers"
_MONEY = re.compile(r"\s*(?:dollars?|cents?|euros?|pounds?|€|£)")  # "sold for 45 dollars"
_NEARBY = 150  # characters before a formula that may make it a condition


def is_condition(text: str, start: int, span: Span) -> bool:
    """Whether a formula says for which letters another holds: "for $k = 0, 1$", "with $A$ free"."""
    at = max(start, span.start - _NEARBY)
    if _IS_CONDITION.search(text, at, span.start):
        return True
    runs = _RUNS.search(text, at, span.start)
    return bool(runs and (_RANGES.match(text, span.start) or len(span.text) == 1))


def restricting(text: str, found: str, at: int, end: int) -> str:
    """The condition behind the value `found` that leaves some of it out: "where k is positive";
    "" where it has none for a letter of the value.
    """
    condition = _LEAVES_OUT.match(text, at, end)
    if not condition or condition["letter"] not in found.rpartition("=")[2]:
        return ""
    return condition["said"].strip(" .$")


def is_circumstance(text: str, start: int, span: Span) -> bool:
    """Whether a value only says when, of what or for how many: "15 toys in 3 hours"."""
    at = max(start, span.start - 20)
    if _BASE.search(text, at, span.start):
        return True
    paid = "$" in span.text or _MONEY.match(text, span.end)
    return bool(_FOR.search(text, at, span.start)) and not paid
