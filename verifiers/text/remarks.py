r"""Words beside a value: its name, a remark, or a sentence where the other side has a formula.

A name is left out (`Median = 4`). What is said may explain the value or make it another one
(`sp^2 (trigonal planar)`, `n, n even`), and a sentence may say what a formula says ("the multiples
of 3"): what follows from these is for `compare` to decide.
"""

import re

from verifiers.text.numbers import read_number
from verifiers.text.words_or_math import content_words

RESTRICTING = frozenset("not odd even prime composite except non only".split())
"""Words that leave out what the other side has, whatever else stands there."""
_WORDS = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")  # "countably infinite": two
_INSIDE = r"[^()]*(?:\([^()]*\)[^()]*)*"
_WHEN = r"(?:at|when|for|if|as|where|since|because|from|by|with|i\.e\.)\b"
_SAID = re.compile(
    rf"\s*(?:\((?:\\word\{{\s*)?{_WHEN}{_INSIDE}\)"  # (at x = 2)
    r"|\([^()\\+*/=^\d]*[^\W\d_]{3,}[^()\\+*/=^]*\)"  # (trigonal planar)
    r"|[,;]\s*(?:\\word\{)?\s*[a-z]{3,}\b.*"  # , circling the wire
    r"|\\?\b(?:only|exactly)\b)\s*\Z"
)
_REJECTED = re.compile(  # "(x = -2 is extraneous)"
    r"\s*\([^()]*\b(?:extraneous|reject\w*|invalid|discard\w*|inadmissible|not (?:a )?(?:valid"
    r"|solution|root))\b[^()]*\)\s*\Z"
)
_MEMBER = re.compile(r"\(\s*[a-z](?:_\w)?(?:\s*,\s*[a-z](?:_\w)?)+\s*\)\s*\\in\s*(?=\\?\{)")
_WORD_NAME = re.compile(
    r"\s*(?:[A-Za-z][a-z]*[aeiou][a-z]*(?<=[a-z]{3})(?: [a-z]{3,})?"  # Median
    r"|\\Delta\s*[A-Z]|\\det(?:\s*\(?[A-Z]\)?)?|(?:[sS]|\\sigma)\s*\^\s*\{?2\}?"
    r"|[A-Za-z]_\{\s*(?:[^\W\d_]{2,}|[^\x00-\x7f])[^{}]*\}"  # `E_{kin}`
    r"|\\mathbb\s*\{?[A-Z]\}?|\[[^\[\]=]*:[^\[\]=]*\])"  # `\mathbb{L}`, `[K:F]`
    r"\s*=\s*(?=\S)"
)


def unnamed(text: str, other: str) -> str:
    r"""`4` for `Median = 4`, `\Delta S = 4` and `\sigma^2 = 4` beside a value without a name."""
    name = _WORD_NAME.match(text) if "=" in text and "=" not in other else None
    member = _MEMBER.match(text) if not _MEMBER.match(other) else None
    if member:  # `(a, b) \in \{(2, 7), (7, 2)\}`
        return text[member.end() :]
    return text[name.end() :] if name and "=" not in text[name.end() :] else text


def is_sentence_beside_formula(ours: str, theirs: str) -> bool:
    """Whether one side says in words what the other may say in letters: "the multiples of 3"."""
    said = [content_words(side) for side in (ours, theirs)]
    if bool(said[0]) == bool(said[1]) or RESTRICTING & (said[0] | said[1]):
        return False
    formula = theirs if said[0] else ours
    return (
        len(said[0] | said[1]) > 1 and any(map(str.isalpha, formula)) and not read_number(formula)
    )


def without_rejected(text: str) -> str:
    """A value without the one behind it that is said to be none."""
    return _REJECTED.sub("", text) if text.endswith((")", ").")) else text


def without_remark(text: str) -> str:
    """A value without what is said behind it."""
    return _SAID.sub("", text).strip()


def is_one_word(text: str) -> bool:
    """Whether a text in words is a single one: "Infinite"."""
    return len(_WORDS.findall(text)) < 2
