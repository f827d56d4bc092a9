"""Dates: `July 4, 1776`, `4th of July 1776`, `1776-07-04`, `7/4/1776`, and days of the week."""

import re
from functools import lru_cache
from typing import NamedTuple

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_DAY = r"(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_BEFORE = rf"(?:{_WEEKDAY},? )?"
_FORMS = tuple(
    re.compile(rf"{form}\Z")
    for form in (
        rf"{_BEFORE}{_MONTH} {_DAY}(?:,? {_YEAR})?",
        rf"{_BEFORE}{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
        rf"{_MONTH},? {_YEAR}",
        rf"{_YEAR}[-/.](?P<number>\d{{1,2}})[-/.](?P<day>\d{{1,2}})",
        rf"(?P<number>\d{{1,2}})[-/.](?P<day>\d{{1,2}})[-/.]{_YEAR}",
        _WEEKDAY,
    )
)
_COMMAND = re.compile(r"\\(?:text|mathrm|word|mbox)\s*\{([^{}]*)\}|\^\{?(st|nd|rd|th)\}?")
_LONGEST = 60  # characters


class Date(NamedTuple):
    """The parts of a date that are written; None for the others."""

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None


def compare_dates(gold: str, answer: str) -> str | None:
    """The reason for two dates; None unless both are.

    A day of the week beside a date does not count, a missing year does.
    """
    ours = read_date(gold)
    theirs = read_date(answer) if ours else None
    if not ours or not theirs:
        return None
    same = ours[:3] == theirs[:3] and (any(ours[:3]) or ours.weekday == theirs.weekday)
    return "equal.exact" if same else "differ.value"


@lru_cache(maxsize=4096)
def read_date(text: str) -> Date | None:
    """The date that `text` is; None for anything else.

    `1/2/2024` is January 2 (the month first), `13/2/2024` February 13.
    """
    if len(text) > _LONGEST:
        return None
    plain = _COMMAND.sub(r"\1\2", text.replace("\\,", " ").replace("\\ ", " "))
    plain = " ".join(plain.lower().replace("$", "").split()).strip(" .,")
    for form in _FORMS:
        match = form.match(plain)
        if match:
            return _date({name: value for name, value in match.groupdict().items() if value})
    return None


def _date(parts: dict[str, str]) -> Date | None:
    month = int(parts.get("number", 0)) or None
    if "month" in parts:
        month = _MONTHS.index(parts["month"][:3]) + 1
    day = int(parts["day"]) if "day" in parts else None
    if month and day and month > 12 >= day:
        month, day = day, month
    if not (month is None or month <= 12) or not (day is None or 1 <= day <= 31):
        return None
    weekday = _WEEKDAYS.index(parts["weekday"][:3]) if "weekday" in parts else None
    return Date(int(parts["year"]) if "year" in parts else None, month, day, weekday)
