r"""Notations that only the other side can tell apart: `2.1(36)`, `2 to 3`, `C(5,2)`, `P(3,-4)`.

Each is read the one way that lets both sides say the same kind of thing, never to make them equal.
"""

import re

_LABEL = re.compile(r"\\word\{([^{}]*)\}\s*(?:=|:)\s*(?=\S)")
_ORDINAL = re.compile(
    r"(?<=\d)(?:\s*\^?\s*\{?\s*\\word\{(?:st|nd|rd|th)\}\s*\}?|(?:st|nd|rd|th)\b)"
)
_ABOUT = re.compile(r"^\\word\{(?:approximately|about|roughly|around)\s*([^{}]*)\}")
_SLOPE = re.compile(r"\\frac\s*\{\s*d\s*([a-zA-Z])\s*\}\s*\{\s*d\s*[a-zA-Z]\s*\}\s*(?==)")
_PERIOD = re.compile(r"(-?\d+\.\d*)\((\d+)\)\Z")
_TO = re.compile(r"(?<=[\d})])\s*(?:\\word\{\s*to\s*\}|\bto\b)\s*(?=[\d\\])")
_COUNT = re.compile(
    r"([CP])\s*\(\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\)"
    r"|(?:\{\s*\})?[\^_]\s*\{?\s*(?P<n>\d{1,4})\s*\}?\s*(?P<kind>[CP])\s*_\s*\{?\s*(?P<k>\d{1,4})\s*\}?"
)
_FAMILY = re.compile(
    r"\s*[,;]?\s*"
    r"(?:\\word\{\s*(?:for|where|with)(?: (?:any|all|every|some))?\s*\}|\b(?:for|where|with))?"
    r"\s*[,(]?\s*(?P<name>[a-z])\s*(?:\\in\s*(?:\\mathbb\s*\{?Z\}?|Z)"
    r"|\\word\{\s*(?:is )?(?:an |any )?integers?\s*\})\s*\)?\Z"
)
_POINT = re.compile(r"[A-Z](?:_\s*\{?\d+\}?|')?\s*(?=\()")
_SYSTEM = re.compile(r"\\begin\{(?:cases|aligned|array)\}(?:\{l+\})?([^&]*)\\end\{\w+\}\Z")


def read_alike(ours: str, theirs: str) -> tuple[str, str]:
    """Two cleaned answers with such notations written out."""
    if "=" in ours + theirs:
        ours, theirs = _plain(ours), _plain(theirs)
    if "\\word" in ours or "\\word" in theirs:
        ours, theirs = (_ABOUT.sub(r"\1 ", _ORDINAL.sub("", side)) for side in (ours, theirs))
        ours, theirs = _unlabelled(ours, theirs)
    if r"\in" in ours or r"\in" in theirs:
        ours, theirs = _families(ours, theirs)
    return _read(ours, theirs), _read(theirs, ours)


def _unlabelled(ours: str, theirs: str) -> tuple[str, str]:
    r"""Without a name in words (`\text{Area} = 12`) that both have or one leaves out."""
    first, second = _LABEL.match(ours), _LABEL.match(theirs)
    if first and second and first[1].lower() != second[1].lower():
        return ours, theirs
    return ours[first.end() :] if first else ours, theirs[second.end() :] if second else theirs


def _families(ours: str, theirs: str) -> tuple[str, str]:
    r"""`k\pi` for `k\pi, k \in \mathbb{Z}`, by one name for the integer."""
    first, second = _FAMILY.search(ours), _FAMILY.search(theirs)
    if not first or not second:
        return ours, theirs
    ours, theirs = ours[: first.start()], theirs[: second.start()]
    return ours, renamed(theirs, second["name"], first["name"])


def renamed(text: str, name: str, new: str) -> str:
    """`text` with another single letter for the variable `name`; unchanged where that is in use."""
    letter = r"(?<![\\A-Za-z]){}(?![A-Za-z])".format
    return text if re.search(letter(new), text) else re.sub(letter(name), new, text)


def _plain(text: str) -> str:
    r"""`y' = 2x` for `\frac{dy}{dx} = 2x`, `x=1, y=2` for the system in `cases`."""
    system = _SYSTEM.match(text)
    if system:
        text = ", ".join(part.strip() for part in re.split(r"\\\\", system[1]) if part.strip())
    return _SLOPE.sub(r"\1' ", text)


def _read(text: str, other: str) -> str:
    period = _PERIOD.match(text) if "(" in text else None
    if period and "(" not in other:
        return rf"{period[1]}\overline{{{period[2]}}}" if "overline" in other else text
    if ":" in other and "to" in text:
        return _TO.sub(":", text)
    if ("C" in text or "P" in text) and not re.search("[A-Z(]", other):
        text = _COUNT.sub(_counted, text)
    return _POINT.sub("", text) if other.startswith("(") and _POINT.match(text) else text


def _counted(match: re.Match[str]) -> str:
    """Combinations and arrangements as binomials and factorials."""
    kind = match[1] or match["kind"]
    n, k = int(match[2] or match["n"]), int(match[3] or match["k"])
    if kind == "C":
        return rf"\binom{{{n}}}{{{k}}}"
    return rf"\frac{{{n}!}}{{{n - k}!}}" if k <= n else match[0]
