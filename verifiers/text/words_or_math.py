"""Telling words from mathematics: "all real numbers" and "odd $n$" against `abc` and `\\sin x`."""

import re

from verifiers.math.parsing.lexer import FUNCTIONS, GREEK

_MARKED = re.compile(r"\\word\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{\w+\}")
_RUN = re.compile(r"(?<![\\A-Za-z])[^\W\d_]+(?:['’][A-Za-z]+)*")
_MATH = re.compile(r"[\d=+*/^<>|_]|\\(?!word|usd|deg)")
KNOWN = FUNCTIONS | GREEK | {"pi", "infty", "inf", "infinity", "or", "and", "in", "mod", "choose"}
_SETS = {
    "all real numbers": r"\mathbb{R}", "real numbers": r"\mathbb{R}", "all reals": r"\mathbb{R}",
    "all real": r"\mathbb{R}", "the empty set": r"\emptyset", "empty set": r"\emptyset",
    "all integers": r"\mathbb{Z}", "infinity": r"\infty", "negative infinity": r"-\infty",
    **dict.fromkeys(
        ("no solution", "no solutions", "no real solution", "no real solutions",
         "there is no solution", "there are no solutions"),
        r"\emptyset",
    ),
}  # fmt: skip
_SHORTEST = 3  # letters; `ab` is a product


def named_set(text: str) -> str:
    """The symbol of a set or value that is named in words, else the text."""
    return _SETS.get(_MARKED.sub(r"\1", text).strip().lower(), text)


def is_wording(text: str) -> bool:
    """Whether a cleaned answer is words and no mathematics."""
    marked = bool(_MARKED.search(text))
    bare = _MARKED.sub(r" \1 ", text)
    if _MATH.search(bare):
        return False
    words = [w for w in _RUN.findall(bare) if w.lower() not in KNOWN]
    if marked:
        return any(len(w) > 1 for w in words)
    return any(len(w) >= _SHORTEST for w in words) and not re.search(r"[(\[{]", bare)


def content_words(text: str) -> frozenset[str]:
    """The marked or long words of an answer that also holds mathematics: `odd` in "odd $n$"."""
    marked = " ".join(_MARKED.findall(text)).lower().split()
    plain = [
        w.lower()
        for w in _RUN.findall(_ENVIRONMENT.sub(" ", _MARKED.sub(" ", text)))
        if len(w) > _SHORTEST and w.lower() not in KNOWN and w.islower() and _spoken(w)
    ]
    joints = {"or", "and", "is", "the", "a", "for", "where", "all", "any", "with", "to", "if", "in"}
    return frozenset(w for w in (*marked, *plain) if w not in joints and len(w) > 1)


def _spoken(word: str) -> bool:
    """Whether a run of letters has the vowels of a word, unlike a product of symbols."""
    vowels = sum(c in "aeiouy" for c in word)
    return 0.2 <= vowels / len(word) <= 0.75 and len(set(word)) > 2
