r"""Notations that only the other side can tell apart: `2.1(36)`, `2 to 3`, `C(5,2)`, `P(3,-4)`.

Each is read the one way that lets both sides say the same kind of thing, never to make them equal.
"""

import re

_LABEL = re.compile(r"\\word\{([^{}]*)\}\s*(?:=|:)\s*(?=\S)")
_ORDINAL = re.compile(
    r"(?<=\d)(?:\s*\^?\s*\{?\s*\\word\{(?:st|nd|rd|th)\}\s*\}?|\s*\^\s*\{(?:st|nd|rd|th)\}|(?:st|nd|rd|th)\b)"
)
_ABOUT = re.compile(r"^\\word\{(?:approximately|about|roughly|around)\s*([^{}]*)\}")
_PERIOD = re.compile(r"(-?\d+\.\d*)\((\d+)\)\Z")
_TO = re.compile(r"(?<=[\d})])\s*(?:\\word\{\s*to\s*\}|\bto\b)\s*(?=[\d\\])")
_COUNT = re.compile(
    r"([CP])\s*\(\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\)"
    r"|(?<![\w.])(?P<of>\d{1,4})\s*C\s*(?P<take>\d{1,4})(?!\w)"
    r"|(?<![A-Za-z0-9)}])(?:\{\s*\})?[\^_]\s*\{?\s*(?P<n>\d{1,4})\s*\}?\s*(?P<kind>[CP])\s*_\s*\{?\s*(?P<k>\d{1,4})\s*\}?"
)
_FAMILY = re.compile(
    r"\s*[,;]?\s*"
    r"(?:\\word\{\s*(?:for|where|with)(?: (?:any|all|every|some))?\s*\}|\b(?:for|where|with))?"
    r"\s*[,(]?\s*(?P<name>[a-z])\s*(?:\\in\s*(?:\\mathbb\s*\{?Z\}?|Z)"
    r"|\\word\{\s*(?:is )?(?:an |any )?integers?\s*\})\s*\)?\Z"
)
_MODULUS = re.compile(  # `(mod 6)`, `\word{mod} 6`
    r"\(?\s*(?:\\word\{\s*mod\s*\}|\\pmod|(?<![\\A-Za-z])\\?mod(?![a-z]))\s*\{?\s*(?P<m>\d+)\s*\}?\s*\)?"
)
_CONGRUENCES = re.compile(  # `n \equiv 1, 5 \\pmod{6}`
    r"(?P<name>[a-zA-Z])\s*\\equiv\s*"
    r"(?P<values>(?:\\pm|[-\s\d,]|\bor\b|\band\b|\\word\{ ?(?:or|and) ?\})+)"
    r"(?P<modulus>\\pmod\{\d+\})\Z"
)
_REMAINDER = re.compile(r",|\bor\b|\band\b|\\word\{ ?(?:or|and) ?\}")
_PI = re.compile(r"\\pi(?![a-z])")
_DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:\\cdot\s*)?\^?\s*\{?\s*\\deg\s*\}?")
_SEVERAL = re.compile(r",|\\deg.*\\deg")  # `45 \\deg, 60 \\deg`, `30 \\deg + k \\cdot 180 \\deg`
_PART = re.compile(r"(?:(?<=\s)|(?<=[;,])|^)\(([1-9]|[a-h])\)\s*(?=\S)")
_MINUTES = re.compile(r"(\d+)\s*'\Z")  # `60'` beside degrees
_LEAD = re.compile(  # `(B) 12`, `\word{(B)} 12`, `\word{The answer is} 12`, `\word{all} n > 3`
    r"(?:\\word\{\s*)?\(\s*[A-J]\s*\)\s*\}?\s*(?=[\d\\$-])"
    r"|\\word\{\s*(?:the )?(?:final |correct )?(?:answer|result|value|solution)"
    r"(?: is)?\s*:?\s*\}\s*[:=]?\s*(?=\S)"
    r"|\\word\{\s*(?:for )?(?:all|any|every)\s*\}\s*(?=[a-z]\s*(?:[<>]|\\[lg]e))",
    re.IGNORECASE,
)
_POINT = re.compile(r"[A-Z](?:_\s*\{?\d+\}?|')?\s*(?=\()")
_SYSTEM = re.compile(
    r"(?:\\\{\s*)?\\begin\{(?:cases|aligned|array)\}(?:\{l+\})?([^&]*)\\end\{\w+\}\Z"
)


_IMAGINARY = re.compile(r"(?<=\d)j(?![A-Za-z])")  # `-0.5j`
_UNIT_I = re.compile(r"(?<![A-Za-z\\])i(?![A-Za-z])")
_CONCENTRATION = re.compile(  # `[NH_3]`, `[\word{OH} ^-]`
    r"\[\s*(?:\\word\{)?(?P<formula>[A-Z](?:[A-Za-z0-9_{}()]|\^?[+-](?=[\]}\s])|\s(?=[_^}]))*)\s*\]"
)


def read_alike(ours: str, theirs: str) -> tuple[str, str]:
    """Two cleaned answers with such notations written out."""
    ours, theirs = (_ORDINAL.sub("", side) if "^" in side else side for side in (ours, theirs))
    ours, theirs = _complex(ours, theirs), _complex(theirs, ours)
    ours, theirs = _CONCENTRATION.sub(_named, ours), _CONCENTRATION.sub(_named, theirs)
    if "=" in ours + theirs:
        ours, theirs = _plain(ours), _plain(theirs)
    if "equiv" in ours or "equiv" in theirs:
        ours, theirs = _residues(ours), _residues(theirs)
    if "\\word" in ours or "\\word" in theirs:
        ours, theirs = (_ABOUT.sub(r"\1 ", _ORDINAL.sub("", side)) for side in (ours, theirs))
        ours, theirs = _unlabelled(ours, theirs)
    if r"\in" in ours or r"\in" in theirs:
        ours, theirs = _families(ours, theirs)
    ours, theirs = _parts(ours), _parts(theirs)
    ours, theirs = _in_radians(ours, theirs), _in_radians(theirs, ours)
    return _read(ours, theirs), _read(theirs, ours)


def _complex(text: str, other: str) -> str:
    """`-0.5i` for `-0.5j` beside a number with an `i`."""
    told = "j" in text and _UNIT_I.search(other) and not _UNIT_I.search(text)
    return _IMAGINARY.sub("i", text) if told else text


def _named(match: re.Match[str]) -> str:
    """The concentration of a substance as a symbol: `c_{NH3}`."""
    return f" c_{{{re.sub('[^A-Za-z0-9+-]', '', match['formula'].replace('word', ''))}}} "


def _in_radians(text: str, other: str) -> str:
    r"""`45 \cdot \frac{\pi}{180}, ...` for several angles in degrees beside some with a `\pi`."""
    if "\\deg" not in text or "\\deg" in other or not _PI.search(other):
        return text
    if not _SEVERAL.search(text):
        return text
    return _DEGREES.sub(r"(\1 \\cdot \\frac{\\pi}{180})", text)


def _residues(text: str) -> str:
    r"""`n \equiv 1 \pmod{6}, n \equiv 5 \pmod{6}` for `n \equiv 1, 5 \pmod{6}`."""
    text = _MODULUS.sub(r"\\pmod{\g<m>}", text)
    match = _CONGRUENCES.match(text)
    if not match:
        return text
    values = [value.strip() for value in _REMAINDER.split(match["values"]) if value.strip()]
    signed = [s for v in values for s in ((v[3:], f"-{v[3:]}") if v[:3] == "\\pm" else (v,))]
    return ", ".join(rf"{match['name']}\equiv {v}{match['modulus']}" for v in signed)


def _parts(text: str) -> str:
    """`(5, 7)` for the labelled parts `(1) 5; (2) 7`, which have an order."""
    labels = list(_PART.finditer(text)) if text.startswith("(") else []
    if len(labels) < 2 or labels[0].start():
        return text
    names = [label[1] for label in labels]
    if names not in ([str(n + 1) for n in range(len(names))], list("abcdefgh"[: len(names)])):
        return text
    ends = [label.start() for label in labels[1:]] + [len(text)]
    parts = [text[label.end() : end].strip(" ,;") for label, end in zip(labels, ends, strict=True)]
    return f"({', '.join(parts)})" if all(parts) else text


def _unlabelled(ours: str, theirs: str) -> tuple[str, str]:
    r"""Without a name in words (`\text{Area} = 12`) that both have or one leaves out."""
    first, second = _LABEL.match(ours), _LABEL.match(theirs)
    if first and second and first[1].lower() != second[1].lower():
        return ours, theirs
    return ours[first.end() :] if first else ours, theirs[second.end() :] if second else theirs


def _families(ours: str, theirs: str) -> tuple[str, str]:
    r"""One name for the integer of `k\pi, k \in \mathbb{Z}` and of `n\pi, n \in \mathbb{Z}`."""
    first, second = _FAMILY.search(ours), _FAMILY.search(theirs)
    if not first or not second:
        return ours, theirs
    return ours, renamed(theirs, second["name"], first["name"])


def renamed(text: str, name: str, new: str) -> str:
    """`text` with another single letter for the variable `name`; unchanged where that is in use."""
    letter = r"(?<![\\A-Za-z]){}(?![A-Za-z])".format
    return text if re.search(letter(new), text) else re.sub(letter(name), new, text)


def _plain(text: str) -> str:
    r"""`x=1, y=2` for the system in `cases`."""
    system = _SYSTEM.match(text)
    if system:
        text = ", ".join(part.strip() for part in re.split(r"\\\\", system[1]) if part.strip())
    return text


def _read(text: str, other: str) -> str:
    period = _PERIOD.match(text) if "(" in text else None
    if period and "(" not in other:
        return rf"{period[1]}\overline{{{period[2]}}}" if "overline" in other else text
    if "\\deg" in other and "\\deg" not in text and (minutes := _MINUTES.match(text)):
        return rf"\frac{{{minutes[1]}}}{{60}} \deg"
    if _LEAD.match(text) and not _LEAD.match(other):
        text = _LEAD.sub("", text)
    if ":" in other and "to" in text:
        return _TO.sub(":", text)
    if ("C" in text or "P" in text) and not re.search("[A-Z(]", other):
        text = _COUNT.sub(_counted, text)
    return _POINT.sub("", text) if other.startswith("(") and _POINT.match(text) else text


def _counted(match: re.Match[str]) -> str:
    """Combinations and arrangements as binomials and factorials."""
    kind = match[1] or match["kind"] or "C"
    n = int(match[2] or match["of"] or match["n"])
    k = int(match[3] or match["take"] or match["k"])
    if kind == "C":
        return rf"\binom{{{n}}}{{{k}}}"
    return rf"\frac{{{n}!}}{{{n - k}!}}" if k <= n else match[0]
