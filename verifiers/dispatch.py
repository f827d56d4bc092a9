"""One door to all kinds: extraction, comparison, and the check of a problem's own gold."""

import time
from dataclasses import replace
from functools import lru_cache

from schemas.words import Verification
from verifiers.choice import choose, compare_choice
from verifiers.code.verify import audit_code, verify_code
from verifiers.extract import NEAR, after_reasoning, final_answer, unclosed
from verifiers.kinds import answer_kind
from verifiers.mathematics import compare_math
from verifiers.outcome import outcome
from verifiers.protocol import Problem
from verifiers.rationale.equations import solve
from verifiers.rationale.program import run_program
from verifiers.text import compare_text

RATIONALES = ("program", "equations")
"""Kinds of problem whose responses are run, or solved, for the answer that they come to."""

_MISSING = ("nan", "null", "n/a")  # what a table without a gold holds
_LONGEST = 4000  # characters of an answer beyond which nothing is compared


def verify(problem: Problem, response: str) -> Verification:
    """Judge the final answer of `response` against the gold of `problem`.

    Runs in the calling process and without a deadline: for text of unknown origin use
    `verifiers.Pool`. Extraction and comparison are guarded, so this does not raise for anything
    that a model writes, save MemoryError.
    """
    if problem.answer_kind == "code":
        return verify_code(problem, response)
    started = time.perf_counter()
    gold = problem.answer
    if gold is None or not gold.strip():
        return outcome("undecided.no_gold", None, problem.answer_kind or "math")
    if problem.answer_kind in RATIONALES:
        return _verify_rationale(problem, response)
    kind = problem.answer_kind or answer_kind(gold, problem.problem)
    if kind not in ("math", "choice", "text"):
        return outcome("undecided.unsupported", None, kind or "none")
    answer = final_answer(response, kind)
    if answer is None and kind == "choice":
        answer = choose(after_reasoning(response)[-NEAR:])
    if answer is None:
        reason = "no_answer.unclosed" if unclosed(response) else "no_answer.not_found"
    else:
        reason = _reason(gold, answer, kind, problem.problem if kind == "choice" else "")
    return outcome(reason, answer, kind, time.perf_counter() - started)


def compare(gold: str, answer: str, kind: str | None = None) -> Verification:
    """Compare two answers, with no extraction; `kind` as decided by the gold where it is None."""
    started = time.perf_counter()
    kind = kind or answer_kind(gold) or "math"
    if not gold.strip():
        return outcome("undecided.no_gold", answer, kind)
    if not answer.strip():
        return outcome("no_answer.not_found", None, kind)
    reason = _reason(gold, answer, kind, "")
    return outcome(reason, answer, kind, time.perf_counter() - started)


def audit(problem: Problem) -> Verification:
    """Whether the verifier accepts the problem's own gold answer as an answer.

    Correct, or the reason why no response to this problem can be judged: `undecided.no_gold`,
    `undecided.unsupported`, `undecided.parse_gold`, `undecided.limit`; for code, see
    `verifiers.code.audit_code`.
    """
    if problem.answer_kind == "code":
        return audit_code(problem)
    if problem.answer_kind in RATIONALES:  # the gold is an answer like any other
        problem = problem._replace(answer_kind=None)
    started = time.perf_counter()
    gold = problem.answer
    if gold is None or not gold.strip():
        return outcome("undecided.no_gold", None, problem.answer_kind or "math")
    kind = problem.answer_kind or answer_kind(gold, problem.problem)
    if kind not in ("math", "choice", "text"):
        return outcome("undecided.unsupported", gold, kind or "none")
    reason = _reason(gold, gold, kind, problem.problem if kind == "choice" else "")
    return outcome(reason, gold, kind, time.perf_counter() - started)


def _verify_rationale(problem: Problem, response: str) -> Verification:
    """Compare what a response's program prints, or its equations have as solution."""
    started = time.perf_counter()
    kind = problem.answer_kind or ""
    if kind == "program":
        answer, reason = run_program(response)
    else:
        answer, reason = solve(response)
    if reason:
        return outcome(reason, answer or None, kind, time.perf_counter() - started)
    word = compare(problem.answer or "", answer)
    return replace(word, verifier=kind, seconds=time.perf_counter() - started)


def _reason(gold: str, answer: str, kind: str, problem: str) -> str:
    if gold.strip().lower() in _MISSING:
        return "undecided.no_gold"
    if len(gold) > _LONGEST or len(answer) > _LONGEST:
        return "undecided.limit"
    return _cached(gold, answer, kind, problem)


@lru_cache(maxsize=32768)  # the samples of one problem share most of their answers
def _cached(gold: str, answer: str, kind: str, problem: str) -> str:
    if kind == "choice":
        return compare_choice(gold, answer, problem)
    if kind == "text":
        return compare_text(gold, answer)
    return compare_math(gold, answer)
