"""Numbers with units: `18 dollars`, `5\\,\\text{cm}`, `60 km/h`, `1 h 30 min`, `33 eggs`."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from verifiers.math.quantities.units import Unit, plain_unit, read_unit
from verifiers.math.quantities.words import COUNTERS, NO_NOUNS, OPPOSITES
from verifiers.math.rounding import compare_money, compare_numbers
from verifiers.text.number_words import MAGNITUDE_NAMES, MAGNITUDES
from verifiers.text.numbers import Number, read_number, scaled

_NUMBER = re.compile(
    r"[+-]?\s*(?P<money>(?:\\usd|[€£¥₹])\s*)?[+-]?(?:"
    r"(?:\d+\s*)?\\frac\s*(?:\{[\d.,]+\}|\d)\s*(?:\{[\d.,]+\}|\d)"
    r"|(?:\d+ )?\d+\s?/\s?\d+"
    r"|10\s*\^\s*(?:\{\s*-?\d+\s*\}|-?\d+)"
    r"|(?:\d{1,3}(?:,\d{3})+|\d+)?\.?\d*(?:[eE][+-]?\d+)?"
    r"(?:\s*(?:\\times|\\cdot|\*|x)\s*10\s*\^\s*(?:\{\s*-?\d+\s*\}|-?\d+))?)"
)
_TRAILING = re.compile(
    r"(?P<value>.*?(?:[\d})]|\\pi(?![a-z])|[a-zA-Z](?=\s*\\word)))\s*(?!\^)(?P<unit>(?:\\word\{[^{}]*\}|\\deg(?![a-z])|(?<=[\s}])(?:[A-Za-z]{2,}|[A-Za-z](?=/)|[^\W\d_a-zA-Zα-ωΑ-Ω]+)|(?<=/)\s*[A-Za-z]\b|\^\s*\{?-?\d\}?|[\s/.*])+)\Z",
    re.DOTALL,
)
_MAGNITUDE = re.compile(
    rf"(?:\\word\{{)?\s*({MAGNITUDE_NAMES})"
    r"(?![a-zа-я])\s*\}?(.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(r"(?:\\word\{)?\s*(USD|EUR|GBP|INR|Rs\.?)\s*\}?\s*(?=[\d.])(.*)\Z")
_FEET = re.compile(r"(\d+)\s*'\s*(\d+)\s*(?:\"|'')?\Z")
_PERCENT = Fraction(1, 100)
_ONE = Unit(Fraction(1), ())
_MONEY = tuple(((name, 1),) for name in ("usd", "eur", "gbp", "yen", "inr"))
_POUNDS = {read_unit("£"), read_unit("pounds")}  # of money where the other side says so
_ANGLE = re.compile(r"(?:sin|cos|tan|cot|sec|csc)[^a-z]")
_LOOSE = re.compile(r"[^\W\d_]{3,}")
LONGEST = 300  # characters
_MOST_WORDS = 8
_WORD = re.compile(r"[a-z]+")
_MARK = re.compile(r"\A(\d+(?:\.\d+)?)\s*(\"|''|')\Z")
_FILLER = frozenset(
    "up per the and each for in of about total a an more left is are was were".split()
)


class Quantity(NamedTuple):
    """A number (or the text of another value), and its unit: a known one, or words."""

    number: Number | None
    text: str
    unit: Unit | None
    words: frozenset[str]


@lru_cache(maxsize=16384)
def read_quantity(text: str) -> Quantity | None:
    """The value and unit that cleaned `text` is; None when no unit stands with the value."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    coded = _CODE.match(text)
    text = f"{coded[2]} {coded[1]}" if coded else text  # `USD 5` is `5 USD`
    text = _MARK.sub(lambda m: f"{m[1]} {'ft' if m[2] == chr(39) else 'in'}", text)  # `67"`
    match = _NUMBER.match(text)
    if match and any(c.isdigit() for c in match[0]):
        return _compound(text) or _plain(text, match) or _trailing(text)
    return _trailing(text)


def _plain(text: str, match: re.Match[str]) -> Quantity | None:
    """A number, its magnitude (`million`), its percent sign, and what is left as unit or words.

    None where what is left is neither.
    """
    literal, rest = match[0], text[match.end() :].strip()
    money = match["money"]
    literal = literal.replace(money, "") if money else literal
    number = read_number(literal.replace(" -", "-").strip())
    if number is None:
        return None
    magnitude = _MAGNITUDE.match(rest)
    if magnitude:
        number = scaled(number, MAGNITUDES[magnitude[1].lower()])
        literal, rest = f"{number.value}", magnitude[2].strip()
    if rest.startswith("%"):
        number, rest = number._replace(percent=True), rest[1:].strip()
    if money:
        unit = read_unit(f"{money} {rest}") or (
            read_unit(money) if _words(rest) is not None else None
        )
        return Quantity(number, literal, unit, frozenset()) if unit else None
    if not rest:
        return Quantity(number, literal, None, frozenset()) if magnitude else None
    spaced = text[match.end()] in " \\" or len(rest) > 1 or not rest.isascii()
    unit = read_unit(rest) if spaced else None
    if unit and not unit.dimension and unit.factor == _PERCENT:  # "33.5 percent"
        return Quantity(number._replace(percent=True), literal, None, frozenset())
    words = frozenset() if unit else _words(rest)
    if words is None or not (unit or words):
        return None
    return Quantity(number, literal, unit, words)


def _words(rest: str) -> frozenset[str] | None:
    """The nouns of an unknown unit ("red balls per box"), or None when it is no plain wording."""
    plain = re.sub(r"\\word\{([^{}]*)\}", r" \1 ", rest)
    plain = re.sub(r"\([^()]*\)", " ", plain).strip(" .,!")
    words = re.split(r"[\s/-]+", plain) if plain else []
    if len(words) > _MOST_WORDS or any(not re.fullmatch(r"[^\W\d_]+[.'’\w]*", w) for w in words):
        return None
    if any(len(word) < 3 and word.isascii() and word not in _FILLER for word in words[:1]):
        return None
    lowered = {word.lower() for word in words}
    if (lowered & NO_NOUNS and lowered != {"times"}) or any(not _noun(word) for word in words):
        return None
    return frozenset(w.lower().rstrip("s") for w in words if w not in _FILLER)


def _noun(word: str) -> bool:
    """Whether a word may be what is counted: in Latin letters, or a counter that is known."""
    return word[0].isascii() or word in COUNTERS


def _compound(text: str) -> Quantity | None:
    """`1 h 30 min`, `5 feet 3 inches`: values of one dimension added up."""
    plain = re.sub(r"\\word\{([^{}]*)\}", r" \1 ", text).replace(" and ", " ")
    plain = _FEET.sub(r"\1 ft \2 in", plain)
    pairs = re.findall(r"([\d.]+)\s*([A-Za-z]+)[\s,]*", plain)
    if len(pairs) < 2 or re.sub(r"[\d.]+\s*[A-Za-z]+[\s,]*", "", plain):
        return None
    total, unit = Fraction(0), None
    for literal, name in pairs:
        number, part = read_number(literal), read_unit(name)
        if not number or not part or (unit and unit.dimension != part.dimension):
            return None
        unit = unit or part
        total += number.value * part.factor
    return Quantity(Number(total / unit.factor), text, unit, frozenset()) if unit else None


def _trailing(text: str) -> Quantity | None:
    r"""`6\sqrt{2} \text{ cm}`, `12\pi inches per second`: any value before a unit in words."""
    match = _TRAILING.match(text)
    if not match:
        return None
    unit = read_unit(match["unit"])
    if unit and _ANGLE.search(match["value"]):  # the degrees belong to the sine's argument
        return None
    words = frozenset() if unit else _words(match["unit"])
    named = match["value"][-1].isalpha() and not match["value"].endswith("\\pi")
    if words is None or (not unit and (named or not _LOOSE.search(match["unit"]))):
        return None
    return Quantity(read_number(match["value"]), match["value"].strip(), unit, words)


def compare_quantities(gold: Quantity, answer: Quantity) -> str | None:
    """The reason for two quantities; None when their values must be compared as expressions.

    Units that only one side gives do not count: the question names the unit.
    """
    if gold.unit and answer.unit and gold.unit.dimension != answer.unit.dimension:
        if _unnamed(gold.unit) == _unnamed(answer.unit) != 0:
            return _values(gold._replace(unit=None), answer._replace(unit=None))
        if {gold.unit, answer.unit} == _POUNDS:
            return _values(gold._replace(unit=None), answer._replace(unit=None))
        return _money_rate(gold, answer) or "differ.value"
    if (gold.words or answer.words) and _other_units(gold, answer):
        return "differ.value"
    if gold.words and answer.words and not gold.words & answer.words:
        return "differ.value"
    if (gold.unit and answer.words) or (answer.unit and gold.words):
        return "differ.value" if gold.unit and answer.unit else _values(gold, answer)
    reason = _values(gold, answer)
    if (
        reason
        and reason.startswith("equal.")
        and gold.words - answer.words
        and answer.words - gold.words
    ):
        return "undecided.unread"  # "5 red balls" beside "5 blue balls"
    return reason


def opposed(ours: str, theirs: str) -> bool:
    """Whether two texts hold opposites, as `5 minutes early` and `5 minutes late` do."""
    first, second = (set(_WORD.findall(side.lower())) for side in (ours, theirs))
    return any(
        first & line and second & line and first & line != second & line for line in OPPOSITES
    )


def _other_units(gold: Quantity, answer: Quantity) -> bool:
    """Whether both name units among their words ("5 years old", "5 months") and none in common."""
    ours, theirs = (
        {side.unit} if side.unit else {plain_unit(word) for word in side.words}
        for side in (gold, answer)
    )
    ours, theirs = ({unit for unit in side if unit and _simple(unit)} for side in (ours, theirs))
    return len(ours) == len(theirs) == 1 and ours != theirs


def _simple(unit: Unit) -> bool:
    return [power for _, power in unit.dimension] == [1]


def _unnamed(unit: Unit) -> int:
    """The power of a length or of "units", which stand for any length; 0 for other units."""
    return unit.dimension[0][1] if [*dict(unit.dimension)] in (["m"], ["unit"]) else 0


def _money_rate(gold: Quantity, answer: Quantity) -> str | None:
    """`$5` beside `$5 per hour`: what the money is paid for may be left out like any unit."""
    paid = [q.unit.dimension for q in (gold, answer) if q.unit and q.unit.dimension in _MONEY]
    if len(paid) != 1 or gold.number is None or answer.number is None:
        return None
    rate = next(q.unit.dimension for q in (gold, answer) if q.unit and q.unit.dimension != paid[0])
    return compare_money(gold.number, answer.number) if paid[0][0] in rate else None


def _values(gold: Quantity, answer: Quantity) -> str | None:
    if gold.number is None or answer.number is None:
        return None
    if reason := _counted(gold, answer):
        return reason
    if gold.unit and answer.unit and gold.unit != answer.unit:
        # Into the gold's unit: there the digits that were written say what rounding is.
        turned = _turn(answer.number, answer.unit, gold.unit)
        reason = compare_numbers(gold.number, turned)
        back = compare_numbers(_turn(gold.number, gold.unit, answer.unit), answer.number)
        return reason if reason.startswith("equal.") else back
    money = any(unit and unit.dimension in _MONEY for unit in (gold.unit, answer.unit))
    return (compare_money if money else compare_numbers)(gold.number, answer.number)


def _counted(gold: Quantity, answer: Quantity) -> str | None:
    """The reason where one side alone has a unit and that is a number (dozen, hours per week).

    `5 dozen` is 60, and 5 too: like any unit, the question may have named it.
    """
    one, other = (gold, answer) if gold.unit else (answer, gold)
    if one.unit is None or other.unit or one.unit.dimension or not one.number or not other.number:
        return None
    reason = compare_numbers(_turn(one.number, one.unit, _ONE), other.number)
    if reason.startswith("equal.") or other.words:
        return reason
    return compare_numbers(one.number, other.number)


def _turn(number: Number, source: Unit, target: Unit) -> Number:
    """A number of one unit in another; an integer stays exact, a decimal keeps its precision."""
    ratio = source.factor / target.factor
    value = (number.value + source.offset) * ratio - target.offset
    return number._replace(value=value, step=number.step and number.step * ratio)
