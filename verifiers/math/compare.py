"""Mathematical answers, in stages from cheap to dear: text, number, quantity, expression.

Every stage gives the same verdict both ways round. Text is parsed and never evaluated as code.
"""

import re

from verifiers.math.ambiguous_notation import read_alike, renamed
from verifiers.math.asked import asks_percentage, remainder
from verifiers.math.comparing.expressions import compare_expressions
from verifiers.math.comparing.growth import compare_growth
from verifiers.math.comparing.piecewise import (
    in_cases,
)
from verifiers.math.conditions import split
from verifiers.math.definitions import written_out
from verifiers.math.labelled import compare_labelled
from verifiers.math.number_bases import compare_based
from verifiers.math.quantities.quantities import (
    Quantity,
    compare_quantities,
    opposed,
    read_quantity,
)
from verifiers.math.quantities.units import read_unit
from verifiers.math.quantities.words import undirected
from verifiers.math.rounding import compare_numbers
from verifiers.text.normalize import clean
from verifiers.text.number_words import NUMERAL
from verifiers.text.numbers import Number, read_number
from verifiers.text.remarks import (
    RESTRICTING,
    is_one_word,
    is_sentence_beside_formula,
    unnamed,
    without_rejected,
    without_remark,
)
from verifiers.text.short_text import compare_text
from verifiers.text.words_or_math import content_words, in_english, is_wording, named_set, residue

_LISTED = re.compile(r"\d, \d.*\d, \d")
_UNSPACED = re.compile(r"\d,\d{3},\d{3}")
_COMMA = re.compile(r"(-?(?:0(?=,\d)|\d+(?=,(?:\d{1,2}|\d{4,})(?!\d)))),(\d+)(?=%?\Z)")
_DEGREE, _RADIAN = read_unit("deg"), read_unit("rad")
_BUILDER = re.compile(
    r"\\?\{\s*([a-z])\s*(?:\\in\s*\\mathbb\s*\{?R\}?\s*)?(?:\\mid|\\vert|:|\|)\s*"
    r"([^{}]*(?:\{[^{}]*\}[^{}]*)*?)\\?\}\Z"
)
_LEAD_IN = re.compile(  # "so we get", "approximately", "diverges to"
    r"\A\s*(?:(?:so|thus|hence|therefore),?\s+)?(?:"
    r"(?:we (?:find|get|have|obtain|see|conclude)(?: that)?"
    r"|(?:the )?(?:final )?(?:answer|result)(?: is)?)[\s:]*(?=\$|\\\(|\\\[|-?\d)"
    r"|(?:approximately|approx\.?|roughly|about|around)\s+(?=[$\\(]*-?[.\d])"
    r"|p(?:H|OH|K_?\{?[ab]?\}?)\s*(?:[=≈:]|\\approx|is)\s*(?=[$\\(]*-?[.\d])"
    r"|(?:it )?(?:diverges|tends|goes) to\s+(?=[$\\(+-]*(?:\\infty|∞)))",
    re.IGNORECASE,
)
_ARROW = re.compile(  # `256 + 37 \\Rightarrow 293`
    r"(\\(?:Rightarrow|Longrightarrow|implies)(?![a-z])|⇒|⟹|=>)|→|->|\\(?:long)?rightarrow(?![a-z])"
)
_WITH_COMMA = re.compile(  # `2,5 Stunden`
    r"(?<![\d.,])(\d+),(\d{1,2}|\d{4,})(?=\s*(?:\\word\{\s*)?(?!and\b|or\b|und\b)(?:[^\W\d_]{2,}|[mgshlLNJWVKA])\}?\Z)"
)
_SENTENCE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,} [a-z]{2,} [A-Za-z]{2,}(?![A-Za-z}])")
_WORKED = re.compile(  # "half of 24", "12 squared", "6 times 2"
    r"\b(?:half of|twice|double|thrice|(?:sum|product|difference|quotient) of|squared|cubed)\b"
    r"|(?<!\\)\btimes \d|\bplus \d|\bminus \d|\d percent of",
    re.IGNORECASE,
)
_NOUN = re.compile(  # "row 3", "remainder 2", not "not 3"
    rf"\A(?:the )?(?!(?:{'|'.join(sorted(RESTRICTING))}|minus|negative|less|more|under|over|about"
    r"|at)\b)[A-Za-z]{3,12}\s+(?=-?\d)"
)
_TAIL = re.compile(r"(.*[^\s^*/+-])\s+([A-Za-z]+(?:\s*\^\s*\{?\d\}?)?)\Z", re.DOTALL)
_VAGUE = re.compile(  # words that may be the value of the other side: "half of it", "diverges"
    rf"\b(?:{NUMERAL}|half|twice|double|vanish\w*)\b", re.IGNORECASE
)
_ENDLESS = re.compile(r"\b(?:diverge|infinit|unbounded|no bound|no limit)", re.IGNORECASE)


def compare_math(gold: str, answer: str, problem: str = "") -> str:
    """The reason code for two mathematical answers to `problem`, which says what was asked for."""
    gold, answer = (without_rejected(_LEAD_IN.sub("", side)) for side in (gold, answer))
    gold, answer = _concluded(gold, answer)
    ours, theirs = clean(gold), clean(answer)
    if not theirs:
        return "no_answer.not_found"
    if not ours:
        return "undecided.parse_gold"
    if ours == theirs:
        return "equal.string"
    first, second = read_number(ours), read_number(theirs)
    if first and second:
        return _compare_percent(first, second, problem)
    ours, theirs = _WITH_COMMA.sub(r"\1.\2", ours), _WITH_COMMA.sub(r"\1.\2", theirs)
    if directed := _compare_directed(ours, theirs, problem):
        return directed
    if _LISTED.search(theirs) and _UNSPACED.search(ours):  # `108,135,189` against `108, 135, 189`
        ours = ours.replace(",", ", ")
    elif _LISTED.search(ours) and _UNSPACED.search(theirs):
        theirs = theirs.replace(",", ", ")
    if (first or second) and (reason := _compare_commas(ours, theirs)):
        return reason
    ours, theirs = read_alike(in_english(ours), in_english(theirs))
    ours, theirs = residue(ours, theirs), residue(theirs, ours)
    ours, theirs = unnamed(ours, theirs), unnamed(theirs, ours)
    ours, theirs = remainder(ours, theirs, problem), remainder(theirs, ours, problem)
    ours, theirs = written_out(ours, theirs), written_out(theirs, ours)
    ours, theirs = in_cases(ours), in_cases(theirs)
    reason = (
        compare_based(ours, theirs, problem)
        or compare_labelled(ours, theirs, compare_math)
        or compare_growth(ours, theirs)
        or _compare_quantities(ours, theirs)
        or _compare_wording(gold, answer, ours, theirs)
        or _compare_formulas(*_conditions(named_set(ours), named_set(theirs)), problem)
    )
    if reason == "differ.value" and bool(_WORKED.search(ours)) != bool(_WORKED.search(theirs)):
        return "undecided.unread"
    if reason == "differ.type" and is_sentence_beside_formula(ours, theirs):
        return "undecided.unread"
    if reason.startswith("differ.") and _is_but_for_words(ours, theirs, problem):
        return "undecided.unread"
    if reason.startswith("differ.") and bool(_NOUN.match(ours)) != bool(_NOUN.match(theirs)):
        plain = compare_math(_NOUN.sub("", ours), _NOUN.sub("", theirs), problem)
        return "undecided.unread" if plain.startswith("equal.") else reason
    return reason


def _is_but_for_words(ours: str, theirs: str, problem: str) -> bool:
    """Whether one side is the other with something said beside it: `sp^2 (trigonal planar)`.

    What is said may be an explanation, or a condition that makes it another answer.
    """
    bare = [without_remark(side) for side in (ours, theirs)]
    restricted = RESTRICTING & (content_words(ours) | content_words(theirs))
    if not all(bare) or bare == [ours, theirs] or restricted:
        return False
    return compare_math(bare[0], bare[1], problem).startswith("equal.")


def _compare_formulas(ours: str, theirs: str, problem: str) -> str:
    """`compare_expressions`, where a sentence is no product of its letters: "it is not 0"."""
    reason = compare_expressions(ours, theirs, problem)
    spoken = len({bool(_SENTENCE.search(split(side).main)) for side in (ours, theirs)}) > 1
    return "undecided.unread" if spoken and reason.startswith("equal.") else reason


def _concluded(gold: str, answer: str) -> tuple[str, str]:
    r"""`293` for `256 + 37 \Rightarrow 293`, where one side alone has an arrow."""
    arrows = [
        [
            m
            for m in _ARROW.finditer(side)
            if m[1] or ("=" in side[: m.start()] and "=" in side[m.end() :])
        ]
        for side in (gold, answer)
    ]
    if bool(arrows[0]) == bool(arrows[1]):
        return gold, answer
    return (
        gold[arrows[0][-1].end() :] if arrows[0] else gold,
        answer[arrows[1][-1].end() :] if arrows[1] else answer,
    )


def _compare_percent(first: Number, second: Number, problem: str) -> str:
    """The reason for two numbers; undecided where an unknown question chooses the notation."""
    reason = compare_numbers(first, second, asks_percentage(problem))
    if problem or reason == compare_numbers(first, second, sign_may_lack=False):
        return reason
    return "undecided.ambiguous"


def _compare_directed(ours: str, theirs: str, problem: str) -> str | None:
    """The reason for two magnitudes of which one at least has a direction in words behind it.

    One side may leave the direction out, as it may a unit; None where neither has one.
    """
    first, second = undirected(ours), undirected(theirs)
    if not first[1] and not second[1]:
        return None
    if first[1] and second[1] and first[1] != second[1]:
        return "differ.value"
    return compare_math(first[0], second[0], problem)


def _compare_commas(ours: str, theirs: str) -> str | None:
    """`equal.*` for `0,5` beside `0.5`; None unless one side alone has a decimal comma."""
    if bool(_COMMA.match(ours)) == bool(_COMMA.match(theirs)):
        return None
    first, second = (read_number(_COMMA.sub(r"\1.\2", side)) for side in (ours, theirs))
    if first is None or second is None or not ("." in ours or "." in theirs):
        return None
    reason = compare_numbers(first, second)
    return reason if reason == "equal.exact" else None


def _compare_quantities(ours: str, theirs: str) -> str | None:
    first, second = read_quantity(ours), read_quantity(theirs)
    if first is None and second is None:
        return None
    if opposed(ours, theirs):
        return "differ.value"
    reason = _compare_as_quantities(first, second, ours, theirs)
    letters = "\\word" not in ours + theirs
    if reason and reason.startswith("differ.") and letters:
        product = compare_expressions(ours, theirs)  # `2mg` and `2gm` may be products
        return product if product == "equal.symbolic" else reason
    return reason


def _compare_as_quantities(
    first: Quantity | None, second: Quantity | None, ours: str, theirs: str
) -> str | None:
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
    return None if reason == "undecided.unread" else reason


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
        if reason.startswith("equal."):
            return reason
        said, other = (ours, theirs) if first else (theirs, ours)
        vague = _ENDLESS if "\\infty" in other else _VAGUE
        known = read_number(other) or "\\infty" in other or not any(map(str.isalpha, other))
        told = RESTRICTING & content_words(said) or is_one_word(said)
        return "differ.type" if (known or told) and not vague.search(said) else "undecided.unread"
    words = content_words(ours), content_words(theirs)
    if words[0] and words[1] and words[0] != words[1]:
        return "differ.text"
    if bool(words[0]) != bool(words[1]) and RESTRICTING & (words[0] | words[1]):
        return "differ.text"
    return None
