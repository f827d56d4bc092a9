r"""Numbers in another base: `52_8`, `(52)_8`, `52_{\text{eight}}`, `52 base 8`, `0b101`, `0xFF`."""

import re

_BASED = re.compile(
    r"-?\(?\s*([0-9A-Za-z.]*\d[0-9A-Za-z.]*|[A-Fa-f]{2,})\s*\)?\s*"
    r"(?:_\s*\{?\s*\(?\s*(?:\\word\{)?\s*(\d+|[a-z]+)\s*\}?\s*\)?\s*\}?"
    r"|\(?(?:\\word\{)?\s*\(?(?:in )?base[ -]\}?\s*(\d+|[a-z]+)\)?\}?\)?)\Z"
)
_PREFIXED = re.compile(r"0([box])([0-9A-Fa-f]+)\Z")
_PREFIXES = {"b": 2, "o": 8, "x": 16}
_DRESSED = re.compile(r"\\(?:overline|word|texttt)\s*\{([0-9A-Za-z ]+)\}")
_SPACED = re.compile(r"(?<=\d)\s+(?=[A-F]\b)|(?<=\b[A-F])\s+(?=[\dA-F])")  # `2\text{A}3`
_NAMES = "two three four five six seven eight nine ten eleven twelve".split()
_BASES = {name: base for base, name in enumerate(_NAMES, start=2)} | {
    "sixteen": 16, "binary": 2, "octal": 8, "hex": 16
}  # fmt: skip
_ASKS = re.compile(  # "Express 25 in base 8", "as a binary number"
    r"\bbase|\bbinary|\boctal|\b(?:hexa|duo)?decimal|\bternary|_\s*\{?\s*\d|进制|\bBasis\b",
    re.IGNORECASE,
)
_LONGEST = 80  # characters


def read_based(text: str) -> tuple[str, int] | None:
    """The digits and the base of a number that names its base; else None."""
    if len(text) > _LONGEST:
        return None
    prefixed = _PREFIXED.match(text)
    if prefixed:
        return prefixed[2].lower().lstrip("0") or "0", _PREFIXES[prefixed[1]]
    match = _BASED.match(_SPACED.sub("", _DRESSED.sub(r"\1", text)).strip())
    if not match:
        return None
    name = match[2] or match[3]
    base = int(name) if name.isdigit() else _BASES.get(name)
    if not base or not 2 <= base <= 36:
        return None
    sign = "-" if match[0].startswith("-") else ""
    return sign + (match[1].lower().lstrip("0") or "0"), base


def compare_based(gold: str, answer: str, problem: str = "") -> str | None:
    """The reason where one side names its base; None where neither does.

    A base that only one side names does not count where the question names it. The same value in
    another base is another answer.
    """
    ours, theirs = read_based(gold), read_based(answer)
    if ours is None and theirs is None:
        return None
    if ours and theirs:
        return "equal.exact" if ours == theirs else "differ.value"
    named = ours or theirs
    assert named
    other = (answer if ours else gold).replace(" ", "").replace(",", "").lower().lstrip("0")
    if named[0] != other:
        return "differ.value"
    return "equal.exact" if _ASKS.search(problem) else "undecided.ambiguous"
