"""What each character is to a comparison of texts, as tables that a compiled loop can index.

Unicode's own categories decide, so that every script works. What mathematics needs stays: digits,
operators, brackets, superscripts, LaTeX commands. What it does not need goes: spacing, sentence
punctuation, quotation marks, dollar signs.
"""

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

BASIC = 0x10000
"""Characters with an entry; those beyond (emoji, rare ideographs) are tokens of their own."""

SKIP, LETTER, DIGIT, ALONE, OPERATOR, OTHER = range(6)
"""Classes of characters. ALONE: a letter of a script that sets no spaces between words; OTHER:
brackets, superscripts, currency signs and the rest that is a token but no operator.
"""

OPERATORS = "+-*/=<>^%!'·"
KEPT = "\\&#@()[]{}"  # of what Unicode calls punctuation
DROPPED = "$`"  # of what Unicode calls symbols
PUNCTUATION = ("Po", "Pi", "Pf", "Pd", "Pc")
BY_CATEGORY = {"Nd": DIGIT, "Sm": OPERATOR}

NO_SPACES = (
    *((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF)),  # Thai, Lao, Tibetan, Burmese, Khmer
    *((0x2E80, 0x2FDF), (0x3040, 0x312F), (0x3400, 0x9FFF), (0xF900, 0xFAFF)),  # CJK, kana
)

SAME = {
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4\u2032", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
}
"""Variants of one mark: typographic apostrophes and primes, hyphens and the minus."""

COMMANDS = {
    **{"le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥"},
    **{"lt": "<", "gt": ">", "ne": "≠", "neq": "≠", "pm": "±", "times": "×", "cdot": "·"},
    **{"div": "÷", "frac": "/", "dfrac": "/", "tfrac": "/", "cfrac": "/"},
}
"""LaTeX commands that are an operator."""

LAYOUT = "left right quad qquad displaystyle text textbf textit textrm mathrm mathbf".split()
"""LaTeX commands that say nothing; the argument of `\\text{cm}` stays, and its braces."""


@cache
def classes() -> NDArray[np.uint8]:
    """The class of every character below `BASIC`."""
    return np.array([_class(chr(code)) for code in range(BASIC)], np.uint8)


@cache
def folds() -> NDArray[np.uint16]:
    """The character that stands for it: lower case, ASCII digits, one form of each mark."""
    return np.array([_fold(chr(code)) for code in range(BASIC)], np.uint16)


def _class(letter: str) -> int:
    category = unicodedata.category(letter)
    if letter in OPERATORS or letter in SAME:
        return OPERATOR
    if category[0] in "ZC" or letter in DROPPED or (category in PUNCTUATION and letter not in KEPT):
        return SKIP
    if category[0] in "LM":
        return ALONE if any(low <= ord(letter) <= high for low, high in NO_SPACES) else LETTER
    return BY_CATEGORY.get(category, OTHER)


def _fold(letter: str) -> int:
    if unicodedata.category(letter) == "Nd":
        return ord("0") + unicodedata.digit(letter)
    lower = ord(SAME.get(letter, letter).lower()[0])  # İ lowers to two characters
    return lower if lower < BASIC else ord(letter)
