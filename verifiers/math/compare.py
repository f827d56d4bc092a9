"""Mathematical answers, in stages from cheap to dear: text, number, quantity, expression.

Every stage gives the same verdict both ways round. Text is parsed and never evaluated as code.
"""

import re

from verifiers.math.ambiguous_notation import read_alike, renamed
from verifiers.math.comparing.complexity_limits import runs_away
from verifiers.math.comparing.fallback import compare_symbolic
from verifiers.math.comparing.structures import compare_nodes
from verifiers.math.number_bases import compare_based
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError
from verifiers.math.piecewise import compare_cases
from verifiers.math.quantities import Quantity, compare_quantities, read_quantity
from verifiers.math.rounding import compare_numbers
from verifiers.math.units import read_unit
from verifiers.text.normalize import clean
from verifiers.text.numbers import read_number
from verifiers.text.short_text import compare_text
from verifiers.text.words_or_math import content_words, is_wording, named_set

_CONDITION = re.compile(r",?\s*\\word\{(?:for|where|if|when|with|as)\b.*\Z")
_LISTED = re.compile(r"\d, \d.*\d, \d")
_UNSPACED = re.compile(r"\d,\d{3},\d{3}")
_CODE = re.compile(
    r"__|\w+\.\w+\(|\w\(\)|[@#]|(?<!\\char)\"|^'|\('|\\(?:def|input|include|write|catcode|newcommand)(?![a-z])"
)
_COMMA = re.compile(r"(-?(?:0(?=,\d)|\d+(?=,(?:\d{1,2}|\d{4,})(?!\d)))),(\d+)(?=%?\Z)")
_CONSTANT = re.compile(r"\+\s*[cCkK]\Z")
_DEGREE, _RADIAN = read_unit("deg"), read_unit("rad")
_BUILDER = re.compile(
    r"\\?\{\s*([a-z])\s*(?:\\in\s*\\mathbb\s*\{?R\}?\s*)?(?:\\mid|\\vert|:|\|)\s*"
    r"([^{}]*(?:\{[^{}]*\}[^{}]*)*?)\\?\}\Z"
)
_LEAD_IN = re.compile(
    r"\s*(?:(?:so|thus|hence|therefore),?\s+)?"
    r"(?:we (?:find|get|have|obtain|see|conclude)(?: that)?"
    r"|(?:the )?(?:final )?(?:answer|result)(?: is)?)"
    r"[\s:]*(?=\$|\\\(|\\\[)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(.*[^\s^*/+-])\s+([A-Za-z]+(?:\s*\^\s*\{?\d\}?)?)\Z", re.DOTALL)
_PROSE = 3  # words that make a text prose
_UNKNOWN = re.compile(  # what math-verify leaves out: words, arrows outside of limits, `n!!`
    r"\\word\{|!!|^(?!.*\\lim).*\\(?:to|(?:long)?rightarrow|rightleftharpoons)(?![a-z])", re.DOTALL
)
_DOTS = re.compile(r"\\[lc]?dots[bcmio]?(?![a-z])|\.\.\.")


def compare_math(gold: str, answer: str) -> str:
    """The reason code for two mathematical answers."""
    gold, answer = _LEAD_IN.sub("", gold), _LEAD_IN.sub("", answer)
    ours, theirs = clean(gold), clean(answer)
    if not theirs:
        return "no_answer.not_found"
    if not ours:
        return "undecided.parse_gold"
    if ours == theirs:
        return "undecided.limit" if ours in ("nan",) else "equal.string"
    first, second = read_number(ours), read_number(theirs)
    if first and second:
        return compare_numbers(first, second)
    if _LISTED.search(theirs) and _UNSPACED.search(ours):  # `108,135,189` against `108, 135, 189`
        ours = ours.replace(",", ", ")
    elif _LISTED.search(ours) and _UNSPACED.search(theirs):
        theirs = theirs.replace(",", ", ")
    if (first or second) and (reason := _compare_commas(ours, theirs)):
        return reason
    ours, theirs = read_alike(*_constants(ours, theirs))
    return (
        compare_based(ours, theirs)
        or _compare_quantities(ours, theirs)
        or _compare_wording(gold, answer, ours, theirs)
        or compare_expressions(*_conditions(named_set(ours), named_set(theirs)))
    )


def _compare_commas(ours: str, theirs: str) -> str | None:
    """`equal.*` for `0,5` beside `0.5`; None unless one side alone has a decimal comma."""
    if bool(_COMMA.match(ours)) == bool(_COMMA.match(theirs)):
        return None
    first, second = (read_number(_COMMA.sub(r"\1.\2", side)) for side in (ours, theirs))
    if first is None or second is None or not ("." in ours or "." in theirs):
        return None
    reason = compare_numbers(first, second)
    return reason if reason == "equal.exact" else None


def _constants(ours: str, theirs: str) -> tuple[str, str]:
    """Both sides with one name for a constant of integration at the end."""
    if _CONSTANT.search(ours) and _CONSTANT.search(theirs):
        return _CONSTANT.sub("+ C", ours), _CONSTANT.sub("+ C", theirs)
    return ours, theirs


def _compare_quantities(ours: str, theirs: str) -> str | None:
    first, second = read_quantity(ours), read_quantity(theirs)
    if first is None and second is None:
        return None
    angle = _compare_angles(first, second, ours, theirs)
    if angle:
        return angle
    if first and second:
        reason = compare_quantities(first, second)
        return reason or compare_expressions(*_in_base_units(first, second))
    value = second or first
    other = ours if second else theirs
    if value is None:
        return None
    number = read_number(other)
    if number:
        bare = Quantity(number, other, None, frozenset())
        reason = compare_quantities(bare, value)
        if reason:
            return reason
    tail = _TAIL.match(other) if value.unit else None
    if tail and read_unit(tail[2]) == value.unit:  # `2x m` beside `2x \text{ meters}`
        other = tail[1]
    return _without_unit(value, other)


def _in_base_units(first: Quantity, second: Quantity) -> tuple[str, str]:
    """The values of two quantities as expressions, in one unit where they name two."""
    if not first.unit or not second.unit or first.unit.factor == second.unit.factor:
        return first.text, second.text
    ratio = first.unit.factor / second.unit.factor
    scaled = rf"({first.text}) \cdot \frac{{{ratio.numerator}}}{{{ratio.denominator}}}"
    return scaled, second.text


def _conditions(ours: str, theirs: str) -> tuple[str, str]:
    r"""`x > 2` for `\{x \mid x > 2\}`, by one name where both sides are such sets."""
    first, second = _BUILDER.match(ours), _BUILDER.match(theirs)
    ours, theirs = _condition(first, ours), _condition(second, theirs)
    if first and second and first[1] != second[1]:
        theirs = renamed(theirs, second[1], first[1])
    return ours, theirs


def _condition(match: re.Match[str] | None, text: str) -> str:
    if not match or not re.search(r"[<>=]|\\[lgn]e", match[2]):
        return text
    return match[2].rstrip("\\ ").strip()


def _compare_angles(
    first: Quantity | None, second: Quantity | None, ours: str, theirs: str
) -> str | None:
    r"""`equal.*` for degrees beside radians, which are named or told by a `\pi`."""
    sides = ((first, ours), (second, theirs))
    degrees = [value.text for value, _ in sides if value and value.unit == _DEGREE]
    radians = [
        value.text if value else text
        for value, text in sides
        if (value and value.unit == _RADIAN) or (value is None and "\\pi" in text)
    ]
    if len(degrees) != 1 or len(radians) != 1:
        return None
    reason = compare_expressions(rf"({degrees[0]}) \cdot \frac{{\pi}}{{180}}", radians[0])
    return reason if reason.startswith("equal.") else None


def _without_unit(value: Quantity, other: str) -> str | None:
    """A value whose unit the other side leaves out, as an expression."""
    reason = compare_expressions(other, value.text)
    return None if reason.startswith("undecided.parse") else reason


def _compare_wording(gold: str, answer: str, ours: str, theirs: str) -> str | None:
    """The reason where words, not mathematics, stand on a side; None where they do not."""
    if "{cases}" in ours and "{cases}" in theirs:
        return None
    ours, theirs = named_set(ours), named_set(theirs)
    first, second = is_wording(ours), is_wording(theirs)
    if first and second:
        return compare_text(gold, answer)
    if first or second:
        reason = compare_text(gold, answer)
        return reason if reason.startswith("equal.") else "differ.type"
    words = content_words(ours), content_words(theirs)
    if words[0] and words[1] and words[0] != words[1]:
        return "differ.text"
    if bool(words[0]) != bool(words[1]) and "not" in words[0] | words[1]:
        return "differ.text"
    return None


def compare_expressions(ours: str, theirs: str) -> str:
    """Two cleaned answers as trees; as texts or by math-verify where one is no tree."""
    if "{cases}" in ours and "{cases}" in theirs:
        return compare_cases(ours, theirs, compare_expressions)
    if bool(_CONDITION.search(ours)) != bool(_CONDITION.search(theirs)):
        ours, theirs = _CONDITION.sub("", ours).strip(), _CONDITION.sub("", theirs).strip()
    try:
        first = parse(ours)
    except TooBigError:
        return "undecided.limit"
    except UnreadableError:
        first = None
    try:
        second = parse(theirs)
    except TooBigError:
        return "undecided.limit"
    except UnreadableError:
        second = None
    if first is not None and second is not None:
        return _compare_trees(first, second, ours, theirs)
    return _compare_unparsed(ours, theirs, first)


def _compare_trees(first: Node, second: Node, ours: str, theirs: str) -> str:
    try:
        return compare_nodes(*_alone(first, second))
    except TooBigError:
        return "undecided.limit"
    except UnreadableError:
        return _compare_unparsed(ours, theirs, first)


def _alone(first: Node, second: Node) -> tuple[Node, Node]:
    r"""`4` for `\{4\}` beside a value that is no set."""
    one, other = (
        side.args[2][0]
        if side.kind == "group" and side.args[0] == "\\{" and len(side.args[2]) == 1
        else side
        for side in (first, second)
    )
    if (one is first) == (other is second) or {first.kind, second.kind} & {"named", "cup", "minus"}:
        return first, second
    return one, other


def _compare_unparsed(ours: str, theirs: str, first: Node | None) -> str:
    if ours.replace(" ", "") == theirs.replace(" ", ""):
        return "equal.string"
    if _DOTS.search(ours) or _DOTS.search(theirs):
        return "differ.value" if _DOTS.search(ours) and _DOTS.search(theirs) else "differ.type"
    if first is not None and (_is_junk(theirs) or len(content_words(theirs)) >= _PROSE):
        return "differ.type"
    if max(len(content_words(ours)), len(content_words(theirs))) >= _PROSE:
        return "undecided.parse_gold" if first is None else "undecided.parse_answer"
    if runs_away(ours) or runs_away(theirs):
        return "undecided.limit"
    reason = compare_symbolic(ours, theirs)
    if reason.startswith("equal.") and (_UNKNOWN.search(ours) or _UNKNOWN.search(theirs)):
        return "undecided.parse_gold" if _UNKNOWN.search(ours) else "undecided.parse_answer"
    return reason


def _is_junk(text: str) -> bool:
    """Whether a text has nothing to read as mathematics, such as code or punctuation."""
    return not any(c.isascii() and c.isalnum() for c in text) or bool(_CODE.search(text))
