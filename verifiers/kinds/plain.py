"""The kinds that a gold answer alone tells: mathematics, texts, choices and JSON."""

import re
from functools import lru_cache, partial

from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import Extraction, read_answer, unboxed
from verifiers.kinds.choice import compare_choice, labelled, letter_of, read_choice
from verifiers.kinds.json_value import compare_json
from verifiers.kinds.literals.literals import compare_literals
from verifiers.math.compare import compare_math
from verifiers.math.cut_formula import is_damaged
from verifiers.math.labelled import compare_labelled, read_labelled
from verifiers.text.no_gold import is_no_gold
from verifiers.text.normalize import clean
from verifiers.text.restated import same_but_for_question, value_said
from verifiers.text.short_text import compare_text, is_truth
from verifiers.text.words_or_math import residue
from verifiers.text.yes_no import repeated

_SHORT = 24  # characters that a letter may be dressed in
_ASKED = ("=", "%", "_", "base", "percent", "mod", "pm", "±")
"""What makes the question decide: an equation, a percentage, a base, a remainder, an interval."""
_WORDS = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{2,}")
"""Words, which the question may have said."""
_LONGEST = 4000  # characters of an answer beyond which nothing is compared


def compare_plain(problem: Problem, answer: str, kind: str) -> str:
    """The reason for an answer beside the problem's gold, as the plain `kind` reads both."""
    gold = problem.answer or ""
    if is_no_gold(gold):
        return "undecided.no_gold"
    gold, answer = unboxed(gold), unboxed(answer)
    if len(gold) > _LONGEST or len(answer) > _LONGEST:
        return "undecided.limit"
    asked = (
        kind in ("choice", "text")
        or bool(_WORDS.search(answer + gold))
        or any(mark in answer + gold for mark in _ASKED)
    )
    return _cached(gold, answer, kind, problem.problem if asked else "")


def audit_plain(problem: Problem, kind: str) -> str:
    """Whether the gold is accepted as an answer to its own problem, and is whole.

    Notation that is whole and not understood passes: it can still be equal to the same structure.
    """
    gold = problem.answer or ""
    if kind == "math" and not is_no_gold(gold) and is_damaged(clean(gold)):
        return "undecided.parse_gold"
    return compare_plain(problem, problem.answer or "", kind)


@lru_cache(maxsize=32768)  # the samples of one problem share most of their answers
def _cached(gold: str, answer: str, kind: str, problem: str) -> str:
    if kind == "choice":
        return compare_choice(gold, answer, problem)
    if kind == "json":
        return compare_json(gold, answer)
    if len(answer) < _SHORT and letter_of(answer) and labelled(gold):
        return compare_choice(gold, answer)
    found = compare_literals(gold, answer)
    if found:
        return found
    if kind == "text":
        parts = compare_labelled(clean(gold), clean(answer), compare_math)
        reason = parts or compare_text(gold, answer)
        if not reason.startswith("equal.") and residue(gold, clean(answer)) != gold:
            return compare_math(gold, answer, problem)  # `2k + 1` beside "n odd"
        if reason == "undecided.unread" and same_but_for_question(gold, answer, problem):
            return "equal.text"
        if reason.startswith("equal.") or not is_truth(gold):
            return reason
        said = repeated(answer, problem)
        return compare_text(gold, said) if said else reason
    if not any(read_labelled(clean(side)) for side in (gold, answer)):
        gold, answer = value_said(gold, problem), value_said(answer, problem)
    return compare_math(gold, answer, problem)


def _read(problem: Problem, response: str, kind: str) -> Extraction:
    if kind == "choice":
        return read_choice(response, problem.problem)
    return read_answer(response, kind)


for _kind in ("math", "text", "json", "choice"):
    declare(
        Kind(
            _kind,
            read=partial(_read, kind=_kind),
            compare=partial(compare_plain, kind=_kind),
            audit=partial(audit_plain, kind=_kind),
        )
    )
