"""Answers whose notation alone says what they are: dates, times, formulas, numbers in words."""

import re

from verifiers.kinds.literals.chemistry import compare_formulas
from verifiers.kinds.literals.dates import compare_dates
from verifiers.kinds.literals.electrons import compare_electrons
from verifiers.kinds.literals.times import compare_times
from verifiers.math.compare import compare_math
from verifiers.text.normalize import clean
from verifiers.text.number_words import digits_for_words
from verifiers.text.numbers import read_number

_LONGEST = 200  # characters


def compare_literals(gold: str, answer: str) -> str | None:
    """The reason for two dates, times or formulas, or a number in words; None for the rest.

    "five" is 5 and "two thirds of a mile" `2/3` mile, whichever side says it in words.
    """
    if len(gold) > _LONGEST or len(answer) > _LONGEST or not (_LETTER.search(gold + answer)):
        return None
    reason = (
        compare_dates(gold, answer)
        or compare_electrons(gold, answer)
        or compare_formulas(gold, answer)
        or compare_times(clean(gold), clean(answer))
    )
    if reason:
        return reason
    ours, theirs = digits_for_words(gold), digits_for_words(answer)
    if (ours, theirs) == (gold, answer):
        return None
    reason = compare_math(ours, theirs)
    numbers = read_number(clean(ours)) and read_number(clean(theirs))
    return reason if numbers or reason.startswith("equal.") else None


_LETTER = re.compile(r"[A-Za-z]{2}|[A-Z]|[-/:]|[一-鿿]")  # words, H2O, dates, 三十五
