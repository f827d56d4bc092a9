"""Which verifier judges an answer: decided by the gold answer alone, never by a prediction."""

import re
from typing import Literal

from verifiers.extract.boxes import unboxed
from verifiers.extract.options import options_of
from verifiers.kinds.choice import letter_of
from verifiers.kinds.json_value import is_structured
from verifiers.kinds.logic.parser import parse_or_none
from verifiers.kinds.selection import letters_of
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


def _math_or_text(answer: str) -> Kind | None:
    text = clean(answer)
    if read_number(text) or named_set(text) != text or digits_for_words(text) != text:
        return "math"
    words = [word for word in _WORD.findall(text) if word != "word"]
    long_words = [word for word in words if len(word) > 1 and word.lower() not in KNOWN]
    if sum(len(word) > 2 for word in _SPOKEN.findall(text)) > _MOST_WORDS:
        return None
    if text.lower() in ("yes", "no"):
        return "text"
    if text.startswith("\\word{") and text.endswith("}") and "{" not in text[6:]:
        return "text"
    if _MONTHS.search(text) and re.search(r"\d", text) and not _OPERATOR.search(text):
        return "text"
    if not _OPERATOR.search(text) and not any(c.isdigit() for c in text):
        whole = "".join(words)
        product = "-" in text and all(len(word) <= 2 for word in words)
        if (
            long_words
            and not product
            and (len(whole) > 2 or not whole.islower())
            and "(" not in text
        ):
            return "text"
    if re.fullmatch(r"(?:[A-Z][a-z]?\d*){2,}", text) and any(c.isalpha() for c in text[1:]):
        return "text"  # H2O, NaCl, ABBA
    return "math"
