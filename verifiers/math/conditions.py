r"""Conditions beside an answer: `a_n = 2n, n \ge 1`, `y = 2x (x > 0)`, `k\pi, k \in \mathbb{Z}`.

A condition that only says what its letter is (a whole number, a constant, an index that starts
somewhere) may be left out: the problem said so. Any other has to stand on both sides.
"""

import re
from typing import NamedTuple

from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

_WORDS = r"(?:for|where|if|when|with|as|here|given)"
_MARKED = re.compile(  # `\word{where } n \ge 1`, `for any c`
    rf"\s*[,;(]*\s*(?:\\word\{{\s*{_WORDS}\b(?P<said>[^{{}}]*)\}}|(?<![\\A-Za-z]){_WORDS}\s)"
    r"(?P<rest>.*)\Z",
    re.DOTALL,
)
_ON = re.compile(  # `1/4` on `[2, 6]`, not "increasing on (0, 1)"
    r"(?P<main>(?:\\[a-zA-Z]+|[^A-Za-z\\]|(?<![A-Za-z])[a-zA-Z](?![A-Za-z]))+?)\s+"
    r"(?:\\word\{\s*on\s*\}|on)\s*(?P<rest>[\[(][^A-Za-z]*)\Z"
)
_ELSEWHERE = re.compile(
    r",?\s*(?:\\word\{)?\s*(?:and\s*)?\}?\s*0\s*(?:\\word\{\s*)?(?:elsewhere|otherwise)\s*\}?\s*\Z"
)
_RELATION = r"(?:[<>]|\\(?:le|ge|leq|geq|lt|gt|ne|neq|in|leqslant|geqslant)(?![a-z]))"
_BRACKETED = re.compile(  # `2^{n-1} (n \in N^*)`
    rf"\s*[,;]?\s*\((?P<rest>[^()\[\]]*?{_RELATION}[^()\[\]]*)\)\s*\Z"
)
_SINGLE = re.compile(
    rf"\s*(?:-?(?:[\d./{{}}\s]|\\(?:frac|pi|infty)(?![a-z]))+{_RELATION}\s*)?"  # `2 \le x \le 6`
    r"(?:\\?(?:Re|Im)(?![a-z])\s*\(?|\|)?\s*"  # `Re s > -1`, `|z| < 1`
    rf"(?P<names>\\?[a-zA-Z]+(?:_\w|_\{{\w+\}})?(?:\s*,\s*[a-zA-Z])*)[)|]?\s*{_RELATION}"
)
_CONSTANTS = re.compile(  # ", K real constant", ", A and B arbitrary constants"
    r"\s*(?:\\word\{\s*)?(?P<names>\\?[a-zA-Z]+(?:\s*(?:,|\band\b)\s*\\?[a-zA-Z]+)*)\}?\s*(?:\\word\{\s*)?"
    r"(?:(?:is|are|being|an?|any|arbitrary|real|complex)\s+)+(?:constants?|parameters?|numbers?)\s*\}?\s*\Z"
)
_WHOLE = re.compile(  # `k \in \mathbb{Z}`, `n \in N^*`, "n is an integer"
    r"\\in\s*(?:\\mathbb\s*)?\{?\s*(?:\\mathbb\s*)?\{?\s*[ZN]\b"
    r"|\b(?:integers?|natural|whole|positive integers?)\b",
)
_POSITIVE = re.compile(
    r"\b(?:positive|natural|non-?negative)\b|\{?N\b|[>]|\\(?:ge|geq|gt)(?![a-z])"
)
_REAL = re.compile(r"\\in\s*(?:\\mathbb\s*)?\{?\s*[RC]\s*\}?\s*\Z")
_SAID = re.compile(r"\b(?:constants?|arbitrary|any|every|all|real|integration)\b")
_INDEX = re.compile(r"\s*[nmkij]\s*(?:>|\\(?:ge|geq|geqslant|gt)(?![a-z]))\s*-?\d+\s*\Z")
_COUNTING = re.compile(  # `, n = 1, 2, 3, \ldots`
    r"\s*[,;(]\s*\(?\s*[nkm]\s*=\s*[01]\s*,\s*[12]\s*,(?:\s*\d\s*,)*\s*\\ldots\s*\)?\s*\Z"
)
_ARGUMENTS = re.compile(r"(?<![A-Za-z])[a-zA-Z](\([a-z](?:,\s*[a-z])*\))\s*=")  # f(x) =
_OF_WHAT = re.compile(
    r"\\in(?![a-z])|\b(?:is|are|an?)\s"
)  # what stands behind says what a letter is
_WORDS_OF = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]{3,}")
_LETTER = re.compile(r"(?<![A-Za-z\\])[a-zA-Z](?![A-Za-z])")


class Conditioned(NamedTuple):
    """An answer without its conditions; `whole` are the letters that stand for whole numbers,
    `positive` whether one of them only for those from 0 or 1 on, `free` the letters that are
    said to be any constant.
    """

    main: str
    conditions: tuple[str, ...]
    whole: frozenset[str]
    positive: bool = False
    free: frozenset[str] = frozenset()


def split(text: str) -> Conditioned:
    """The conditions of cleaned `text` taken off; those that only declare a letter are dropped."""
    main, found = text, list[str]()
    if "{cases}" in text:
        return Conditioned(text, (), frozenset())
    counted = _COUNTING.search(main)
    main = _ELSEWHERE.sub("", main[: counted.start()] if counted else main)
    if on := _ON.fullmatch(main):
        main, found = on["main"].strip(" ,"), [on["rest"].strip()]
    while True:
        match = _MARKED.search(main) or _BRACKETED.search(main)
        if match and main[: match.start()].strip():
            said = match.groupdict().get("said") or ""
            found.append(f"{said} {match['rest']}".strip(" ,.)}"))
            main = main[: match.start()].strip(" ,;")
            continue
        head, last = _last(main)
        if head is None or not _bounds_letter_of(head, last):
            break
        found.append(last.strip())
        main = head
    whole = frozenset(
        name
        for one in found
        if _WHOLE.search(one)
        for name in _LETTER.findall(re.split(r"\\in|\bis\b", one)[0])
    )
    kept = tuple(one for one in found if not _declares(one))
    dropped = [one for one in found if one not in kept]
    positive = bool(counted) or any(map(_POSITIVE.search, dropped))
    free = frozenset(name for one in dropped for name in _declared(one)) - whole
    return Conditioned(main.strip(), kept, whole, positive, free)


def _declared(condition: str) -> list[str]:
    r"""The letters that `c \in \mathbb{R}` or "k is an arbitrary constant" speaks of."""
    named = _OF_WHAT.split(condition, maxsplit=1)[0]
    return _LETTER.findall(named)


def _last(text: str) -> tuple[str | None, str]:
    """The text before the last comma that stands in no bracket, and what is behind it."""
    depth = 0
    for at in range(len(text) - 1, 0, -1):
        depth += (text[at] in ")]}") - (text[at] in "([{")
        if depth == 0 and text[at] in ",;":
            return text[:at].strip(), text[at + 1 :]
    return None, ""


def _bounds_letter_of(main: str, condition: str) -> bool:
    """Whether `condition` is a relation of a letter that the value of `main` holds."""
    match = _SINGLE.match(condition) or _CONSTANTS.match(condition)
    if not match or (re.search(_RELATION, main) and "=" not in main):
        return False
    value = main.rpartition("=")[2] + " ".join(_ARGUMENTS.findall(main))
    names = set(re.findall(r"\\?[a-zA-Z]+(?:_\w)?", match["names"]))
    factors = _WORDS_OF.sub(" ", value)  # `c` is a factor of `cx`
    constant = not re.search(r"(?<!\\)\b[a-zA-Z]", main)  # `1/4, 2 \le x \le 6`
    return constant or all(name in factors if len(name) == 1 else name in value for name in names)


def _declares(condition: str) -> bool:
    return bool(
        _WHOLE.search(condition)
        or _REAL.search(condition)
        or _INDEX.match(condition)
        or (_SAID.search(condition) and not re.search(_RELATION.replace("|in|", "|"), condition))
    )


def same_conditions(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool | None:
    """Whether both sides state the same conditions; None where one side alone states some."""
    if bool(ours) != bool(theirs):
        return None
    left, right = (sorted(map(repr, map(_read, side))) for side in (ours, theirs))
    return left == right


def _read(condition: str) -> Node | str:
    """A condition as a tree with its relation turned to `<`, or as its text."""
    try:
        node = parse(condition)
    except (UnreadableError, TooBigError):
        return condition.replace(" ", "")
    if node.kind == "rel" and len(node.args[0]) == 1 and node.args[0][0] in (">", ">="):
        return Node("rel", ((node.args[0][0].replace(">", "<"),), node.args[1][::-1]))
    return node if symbols(node) else condition
