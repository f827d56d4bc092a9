"""The kinds that a gold answer alone tells: mathematics, texts, choices and JSON."""

from functools import lru_cache, partial

from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.boxes import unboxed
from verifiers.extract.final_answer import NEAR, final_answer
from verifiers.kinds.choice import choose, compare_choice, labelled, letter_of
from verifiers.kinds.json_value import compare_json
from verifiers.kinds.literals.literals import compare_literals
from verifiers.math.compare import compare_math
from verifiers.text.short_text import compare_text

_MISSING = ("nan", "null", "n/a")  # what a table without a gold holds
_SHORT = 24  # characters that a letter may be dressed in
_LONGEST = 4000  # characters of an answer beyond which nothing is compared


def compare_plain(problem: Problem, answer: str, kind: str) -> str:
    """The reason for an answer beside the problem's gold, as the plain `kind` reads both."""
    gold = problem.answer or ""
    if gold.strip().lower() in _MISSING:
        return "undecided.no_gold"
    gold, answer = unboxed(gold), unboxed(answer)
    if len(gold) > _LONGEST or len(answer) > _LONGEST:
        return "undecided.limit"
    return _cached(gold, answer, kind, problem.problem if kind == "choice" else "")


def audit_plain(problem: Problem, kind: str) -> str:
    """Whether the gold is accepted as an answer to its own problem."""
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
    return compare_text(gold, answer) if kind == "text" else compare_math(gold, answer)


def _chosen(response: str) -> str | None:
    return final_answer(response, "choice") or choose(response[-NEAR:])


def _extracted(response: str, kind: str) -> str | None:
    return final_answer(response, kind)


for _kind in ("math", "text", "json", "choice"):
    declare(
        Kind(
            _kind,
            _chosen if _kind == "choice" else partial(_extracted, kind=_kind),
            partial(compare_plain, kind=_kind),
            partial(audit_plain, kind=_kind),
        )
    )
