"""Times of day: `9:45`, `09:45:00`, `9:45 p.m.`, `3 PM`, `noon`."""

import re
from typing import NamedTuple

_HALF = r"(?P<half>[ap])\.?\s?m\.?"
_TIME = re.compile(
    rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}))?\s*(?:{_HALF})?\Z"
    rf"|(?P<hour2>\d{{1,2}})\s*{_HALF.replace('half', 'half2')}\Z"
    r"|(?P<clock>\d{1,2})\s*o'clock\Z",
    re.IGNORECASE,
)
_HOUR = 3600  # `0:15` is after midnight, so it leaves nothing open
_NAMED = {"noon": "12:00 pm", "midnight": "12:00 am"}
_WORD = re.compile(r"\\word\{([^{}]*)\}")


class Time(NamedTuple):
    """Seconds since midnight; `half` is "a", "p" or empty where the text leaves it open."""

    seconds: int
    half: str


def read_time(text: str) -> Time | None:
    """The time of day that cleaned `text` is; None for anything else."""
    plain = " ".join(_WORD.sub(r"\1", text).lower().split())
    match = _TIME.match(_NAMED.get(plain, plain))
    if not match:
        return None
    hour = int(match["hour"] or match["hour2"] or match["clock"])
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 59:
        return None
    half = match["half"] or match["half2"] or ""
    if half and hour > 12:
        half = ""
    elif half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return Time((hour * 60 + minute) * 60 + second, half)


def compare_times(gold: str, answer: str) -> str | None:
    """The reason for two times of day; None unless both are. `9:45` is `09:45` and `9:45 am`."""
    ours, theirs = read_time(gold), read_time(answer)
    if not ours or not theirs:
        return None
    if ours.seconds == theirs.seconds:
        return "equal.exact"
    if not ours.half and not theirs.half:
        marked = any(side.startswith("0") or side.endswith(":00") for side in (gold, answer))
        return "differ.value" if marked else None  # two ratios, perhaps
    if bool(ours.half) != bool(theirs.half):  # `9:45` where the question says which half
        open_, closed = (ours, theirs) if theirs.half else (theirs, ours)
        if (
            _HOUR <= open_.seconds < 13 * _HOUR
            and (open_.seconds - closed.seconds) % (12 * _HOUR) == 0
        ):
            return "equal.exact"
    return "differ.value"
