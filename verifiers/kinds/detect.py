"""Which verifier judges an answer: decided by the gold answer alone, never by a prediction."""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from verifiers.extract.final_answer import unboxed
from verifiers.extract.options import options_of
from verifiers.kinds.choice import letter_of
from verifiers.kinds.logic.parser import parse_or_none
from verifiers.kinds.selection import letters_of
from verifiers.text.json_text import is_structured
from verifiers.text.normalize import clean
from verifiers.text.number_words import digits_for_words
from verifiers.text.numbers import read_number
from verifiers.text.words_or_math import KNOWN, named_set

Kind = Literal["math", "choice", "text", "json", "logic", "table"]

LONGEST = 200  # characters: longer words are a proof, a program or a table
LONGEST_FORMULA = 600
_LABELLED = re.compile(r"\(([A-J])\)\s*\S|([A-J])[.):]\s+\S")
_STRUCTURED = re.compile(
    r"\s*[\[{]\s*(?:[\"'\[{]|\Z)|\s*(?:def|class|import|from|SELECT|#include)\s|```|\|.*\|.*\|"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_SPOKEN = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{3,}")
_CONNECTIVE = re.compile(
    r"[∧∨¬→↔⊕∀∃]|<->|->|[&|~]|\\(?:land|lor|lnot|neg|wedge|vee|oplus|to|rightarrow|leftrightarrow"
    r"|Rightarrow|Leftrightarrow|implies|iff|forall|exists)(?![a-zA-Z])"
)
_ROUTE = re.compile(r"\s*[A-Z]\w*(?:\s*(?:→|->)\s*[A-Z]\w*){2,}\s*")  # A → B → A, not p → q → r
_MARKDOWN = re.compile(r"\|?[^\n|]+\|[^\n]*\n\s*\|?\s*:?-+[\s|:-]*\n")
_OPERATOR = re.compile(r"[=+*/^<>|\\_%$€£°]|\d\s*-|-\s*\d")
_MONTHS = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 12


def answer_kind(answer: str | None, problem: str = "") -> Kind | None:
    """ "math", "choice", "text", "json", "logic" (a formula) or "table" (in Markdown).

    None when no verifier covers the gold `answer`: nothing, several lines, more than 200
    characters, code, and sentences of more than a dozen words. The other kinds are not told from
    a gold: the source names them.
    """
    if answer is None or not answer.strip():
        return None
    answer = unboxed(answer).strip()
    if is_structured(answer):
        return "json"
    if _MARKDOWN.match(answer):
        return "table"
    if "\n" in answer and "\\" not in answer:  # LaTeX may break its lines anywhere
        return None
    if len(answer) > _longest(answer) or (_STRUCTURED.match(answer) and not _matrix(answer)):
        return None
    if _is_choice(answer, problem):
        return "choice"
    return "logic" if _is_formula(answer) else _math_or_text(answer)


def _is_formula(answer: str) -> bool:
    """Whether an answer is a logical formula: connectives between names, and no mathematics."""
    marked = _CONNECTIVE.search(answer) and not _ROUTE.fullmatch(answer)
    return bool(marked and parse_or_none(answer))


def _longest(answer: str) -> int:
    return LONGEST if len(_SPOKEN.findall(answer)) > _MOST_WORDS else LONGEST_FORMULA


def _matrix(answer: str) -> bool:
    return bool(re.fullmatch(r"[\[\]\d\s,./+-]+", answer)) and any(c.isdigit() for c in answer)


def _is_choice(answer: str, problem: str) -> bool:
    options = options_of(problem)
    letter = letter_of(answer, options)
    if letter:
        return letter in options or not options
    if letters_of(answer, options):
        return True
    label = _LABELLED.match(answer)
    return bool(label and (label[1] or label[2]) in options)


class _Looks(NamedTuple):
    """What a gold looks like: its normal form, its words, and which of them are no symbols."""

    text: str
    words: list[str]
    long: list[str]


def _is_value(gold: _Looks) -> bool:
    text = gold.text
    return bool(read_number(text) or named_set(text) != text or digits_for_words(text) != text)


def _is_sentence(gold: _Looks) -> bool:
    return sum(len(word) > 2 for word in _SPOKEN.findall(gold.text)) > _MOST_WORDS


def _is_marked_words(gold: _Looks) -> bool:
    text = gold.text
    return text.startswith("\\word{") and text.endswith("}") and "{" not in text[6:]


def _is_dated(gold: _Looks) -> bool:
    month = _MONTHS.search(gold.text) and re.search(r"\d", gold.text)
    return bool(month and not _OPERATOR.search(gold.text))


def _is_wordy(gold: _Looks) -> bool:
    text, whole = gold.text, "".join(gold.words)
    if _OPERATOR.search(text) or any(c.isdigit() for c in text) or "(" in text or not gold.long:
        return False
    product = "-" in text and all(len(word) <= 2 for word in gold.words)  # `ab - cd`
    return not product and (len(whole) > 2 or not whole.islower())


def _is_formula_name(gold: _Looks) -> bool:
    run = re.fullmatch(r"(?:[A-Z][a-z]?\d*){2,}", gold.text)
    return bool(run and any(c.isalpha() for c in gold.text[1:]))


_ORDER: tuple[tuple[Callable[[_Looks], bool], Kind | None, str], ...] = (
    (
        _is_value,
        "math",
        "a number, a set or a numeral, whatever words it is in: `five`, `no solution`",
    ),
    (_is_sentence, None, "more than a dozen words: no rule compares sentences"),
    (lambda gold: gold.text.lower() in ("yes", "no"), "text", "a truth value in words"),
    (_is_marked_words, "text", "the source says that it is text: `\\text{east}`"),
    (_is_dated, "text", "a date: digits beside a month are no product of letters"),
    (_is_wordy, "text", "letters that make words, no operator and no digit: `blue whale`"),
    (_is_formula_name, "text", "capitals in a row, whose order counts: `H2O`, `ABBA`"),
)
"""Mathematics or text: the first line that fits decides, and mathematics where none does.

Each line relies on those above it: what a value is has to be known before its words are counted,
and a sentence is refused before a part of it is taken for a date.
"""


def _math_or_text(answer: str) -> Kind | None:
    """The kind of a gold that is neither a choice nor a formula of logic; see `_ORDER`."""
    text = clean(answer)
    words = [word for word in _WORD.findall(text) if word != "word"]
    gold = _Looks(text, words, [w for w in words if len(w) > 1 and w.lower() not in KNOWN])
    return next((kind for fits, kind, _ in _ORDER if fits(gold)), "math")
