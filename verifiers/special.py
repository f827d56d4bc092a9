"""Notations of their own: numbers in another base, and times of day."""

import re

_BASED = re.compile(
    r"\(?\s*([0-9A-Za-z.]*\d[0-9A-Za-z.]*|[A-Fa-f]{2,})\s*\)?\s*"
    r"(?:_\s*\{?\s*(?:\\word\{)?\s*(\d+|[a-z]+)\s*\}?\s*\}?"
    r"|(?:\\word\{)?\s*base[ -]\}?\s*(\d+|[a-z]+)\}?)\Z"
)
_BASES = {
    name: base
    for base, name in enumerate(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        start=2,
    )
} | {"sixteen": 16, "binary": 2, "octal": 8, "hex": 16}
_LONGEST = 80  # characters
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:\\word\{)?\s*([ap]\.?\s?m\.?)?\s*\}?\Z", re.IGNORECASE
)


def read_based(text: str) -> tuple[str, int] | None:
    r"""The digits and base of `52_8`, `(52)_8`, `52_{\text{eight}}`, `52 base 8`; else None."""
    match = _BASED.match(text) if len(text) <= _LONGEST else None
    if not match:
        return None
    name = match[2] or match[3]
    base = int(name) if name.isdigit() else _BASES.get(name)
    if not base or not 2 <= base <= 36:
        return None
    return match[1].lower().lstrip("0") or "0", base


def compare_based(gold: str, answer: str) -> str | None:
    """The reason where one side names its base; None where neither does.

    A base that only one side names does not count: the question names it. The same value in
    another base is another answer.
    """
    ours, theirs = read_based(gold), read_based(answer)
    if ours is None and theirs is None:
        return None
    if ours and theirs:
        return "equal.exact" if ours == theirs else "differ.value"
    digits, base = ours or theirs or ("", 0)
    other = (answer if ours else gold).replace(" ", "").replace(",", "").lower().lstrip("0")
    if not other.isalnum() or not digits.isalnum():
        return None if base > 36 else "differ.value"
    return "equal.exact" if digits == other else "differ.value"


def compare_times(gold: str, answer: str) -> str | None:
    """The reason for two times of day; None unless both are. `9:45` is `09:45`."""
    ours, theirs = _TIME.match(gold), _TIME.match(answer)
    if not ours or not theirs:
        return None
    if [int(g or 0) for g in ours.groups()[:3]] != [int(g or 0) for g in theirs.groups()[:3]]:
        if (
            not ours[4]
            and not theirs[4]
            and not gold.startswith("0")
            and not answer.startswith("0")
        ):
            return None  # may be a ratio
        return "differ.value"
    halves = [(m[4] or "").lower().replace(".", "").replace(" ", "") for m in (ours, theirs)]
    return "differ.value" if all(halves) and halves[0] != halves[1] else "equal.exact"
