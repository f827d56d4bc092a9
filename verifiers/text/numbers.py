r"""Plain numbers read exactly: groups of thousands, decimals, fractions, powers of ten, percent.

Only what is a number by its form alone is read here, without a parser; `2+3` is not.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from verifiers.text.number_words import MAGNITUDE_NAMES, MAGNITUDES

MOST_DIGITS = 1000  # of one literal, and of a power of ten

_INTEGER = r"[1-9]\d{0,2}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+"
_DECIMAL = re.compile(rf"({_INTEGER})?(?:\.(\d*))?\Z")  # 1,234.5
_POWER = re.compile(  # `3 \times 10^{-5}`
    r"(.*?)\s*(?:(?:\\times|\\cdot|\*|[x×])\s*)?(?<![\d.])10\s*(?:\^|\*\*)\s*"
    r"(?:\{\s*([+-]?\s*\d{1,6})\s*\}|\(\s*([+-]?\d{1,6})\s*\)|([+-]?\d{1,6}))\Z"
)
_EXPONENT = re.compile(r"(.*[\d.])\s?[eE]\s*([+-]?\d{1,6})\Z")  # 3.2e-5
_FRACTION = re.compile(  # `2\frac{1}{3}`, `\frac12`
    rf"(?:({_INTEGER})\s*)?\\frac\s*"
    r"(?:\{\s*([+-]?[\d.,]+)\s*\}|(\d)(?=\s*[\d{]))\s*(?:\{\s*([+-]?[\d.,]+)\s*\}|(\d))\Z"
)
_SLASH = re.compile(  # 2 1/3
    rf"(?:(\d+)\s+)?\(?\s*([+-]?(?:{_INTEGER})(?:\.\d+)?)\s*\)?\s*/\s*\(?\s*([+-]?(?:{_INTEGER})(?:\.\d+)?)\s*\)?\Z"
)
_REPEATING = re.compile(  # `0.1\overline{6}`, 0.1(6)
    r"(\d*)\.(\d*)\\(?:overline|bar|dot)\s*\{?(\d+)\}?\Z"
    r"|(?P<whole>0|\d*(?=\.\())\.(?P<places>\d*)\((?P<period>\d+)\)\Z"  # `2.5(3)` is a product
)
_MAGNITUDE = re.compile(  # 2.5 million
    rf"(.*\d)[ -]?(?:\\word\{{)?\s*({MAGNITUDE_NAMES})\s*\}}?\Z",
    re.IGNORECASE,
)


class Number(NamedTuple):
    """An exact value, and how it was written.

    `step` is the value of the last decimal place written (None for a whole number or a fraction,
    which have no rounding in them), `digits` the number of significant digits.
    """

    value: Fraction
    step: Fraction | None = None
    digits: int = 0
    percent: bool = False


@lru_cache(maxsize=65536)
def read_number(text: str) -> Number | None:
    """The number that cleaned `text` is, or None when it is anything else."""
    text = text.strip()
    if not text or len(text) > MOST_DIGITS or not any(c.isdigit() for c in text):
        return None
    if text.endswith("%"):
        found = read_number(text[:-1])
        return found._replace(percent=True) if found and not found.percent else None
    sign = 1
    while text[:1] in ("+", "-"):
        sign = -sign if text[0] == "-" else sign
        text = text[1:].lstrip()
    found = _unsigned(text)
    return found and found._replace(value=sign * found.value)


def _unsigned(text: str) -> Number | None:
    if text.startswith("{") and text.endswith("}") and "{" not in text[1:]:
        return read_number(text[1:-1])
    decimal = _decimal(text)
    if decimal or "_" in text:
        return decimal
    for pattern, read in _FORMS:
        match = pattern.match(text)
        if match and (found := read(match)):
            return found
    return None


def _decimal(text: str) -> Number | None:
    match = _DECIMAL.match(text)
    if not match or text == ".":
        return None
    whole = re.sub("[, ]", "", match[1] or "")
    places = match[2] or ""
    if not whole and not places:
        return None
    value = Fraction(int(whole + places), 10 ** len(places))
    digits = len((whole + places).lstrip("0"))
    # `50.0` is a whole number that went through a float, not one rounded to a tenth.
    step = Fraction(1, 10 ** len(places)) if places.strip("0") else None
    return Number(value, step, digits)


def _scaled(match: re.Match[str]) -> Number | None:
    exponent = int(next(g for g in match.groups()[1:] if g is not None).replace(" ", ""))
    if abs(exponent) > MOST_DIGITS:
        return None
    scale = Fraction(10) ** exponent
    if not match[1]:
        return Number(scale)
    base = _decimal(match[1].strip().strip("()"))
    return base and scaled(base, scale)


def _ratio(match: re.Match[str]) -> Number | None:
    groups = match.groups()
    whole = Fraction(re.sub("[, ]", "", groups[0])) if groups[0] else Fraction(0)
    parts = [g for g in groups[1:] if g is not None]
    top, bottom = (_signed_decimal(part) for part in parts)
    if top is None or not bottom or (groups[0] and (top < 0 or bottom < 0 or "." in parts[0])):
        return None
    return Number(whole + top / bottom)


def _repeating(match: re.Match[str]) -> Number | None:
    named = match["period"] is not None
    whole, places, period = match.group(*(("whole", "places", "period") if named else (1, 2, 3)))
    start = Fraction(int((whole + places) or "0"), 10 ** len(places))
    return Number(start + Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(places)))


def _magnified(match: re.Match[str]) -> Number | None:
    """`2.5 million`."""
    base = _decimal(match[1].strip())
    return base and scaled(base, MAGNITUDES[match[2].lower()])


def scaled(number: Number, factor: Fraction | int) -> Number:
    """A number times an exact factor, its written precision with it."""
    step = number.step and number.step * factor
    return number._replace(value=number.value * factor, step=step)


def _signed_decimal(text: str) -> Fraction | None:
    found = _decimal(text.lstrip("+-"))
    return found and (-found.value if text.startswith("-") else found.value)


_FORMS = (
    (_FRACTION, _ratio),
    (_SLASH, _ratio),
    (_POWER, _scaled),
    (_EXPONENT, _scaled),
    (_REPEATING, _repeating),
    (_MAGNITUDE, _magnified),
)
