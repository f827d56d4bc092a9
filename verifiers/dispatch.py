"""One door to all kinds: extraction, comparison, and the check of a problem's own gold."""

import importlib
import time
from dataclasses import replace
from functools import lru_cache
from typing import Any

from schemas.vocabulary import Verification
from verifiers.base.outcome import outcome
from verifiers.base.protocol import Problem
from verifiers.extract.boxes import unboxed
from verifiers.extract.final_answer import Extraction, judged, read_answer
from verifiers.extract.reasoning import take_apart
from verifiers.kinds.choice import compare_choice, labelled, letter_of, option_named, read_choice
from verifiers.kinds.detect import answer_kind
from verifiers.kinds.json_value import compare_json
from verifiers.kinds.literals.literals import compare_literals
from verifiers.kinds.programs.code.verify import audit_code, verify_code
from verifiers.kinds.programs.rationale.equations import solve
from verifiers.kinds.programs.rationale.program import run_program
from verifiers.math.compare import compare_math
from verifiers.text.short_text import compare_text

KINDS: dict[str, str] = {
    "boolean": "verifiers.kinds.boolean",
    "constraints": "verifiers.kinds.constraints",
    "knights": "verifiers.kinds.puzzles.knights",
    "logic": "verifiers.kinds.logic",
    "quotes": "verifiers.kinds.quotes",
    "reasoning_gym": "verifiers.kinds.reasoning_gym",
    "sql": "verifiers.kinds.programs.sql",
    "table": "verifiers.kinds.table",
    "zebra": "verifiers.kinds.puzzles.zebra",
}
"""Kinds with a module of their own, imported when first met.

Each has `extract(response) -> str | None`, the final answer; `compare(problem, answer) -> str`, a
reason; and `audit(problem) -> str`, the reason why the gold is usable or not. A kind that judges
the whole response has `evidence(problem, answer) -> str`, which stands in `extracted` instead.
"""

GOLDLESS = frozenset(("constraints", "quotes", "reasoning_gym"))
"""Kinds that judge by the problem's `tests` and can do without a gold answer."""

HEAVY = {"reasoning_gym": "reasoning_gym"}
"""Kinds whose package takes seconds to load, which the pool does before a deadline runs."""

RATIONALES = ("program", "equations")
"""Kinds whose responses are run, or solved, for the answer that they come to."""

_PLAIN = ("math", "choice", "text", "json")
_MISSING = ("nan", "null", "n/a")  # what a table without a gold holds
_SHORT = 24  # characters that a letter may be dressed in
_LONGEST = 4000  # characters of an answer beyond which nothing is compared


def verify(problem: Problem, response: str) -> Verification:
    """Judge the final answer of `response` against the gold of `problem`.

    Runs in the calling process and without a deadline: for text of unknown origin use
    `verifiers.Pool`. Extraction and comparison are guarded, so this does not raise for anything
    that a model writes, save MemoryError.
    """
    if problem.answer_kind == "code":
        return verify_code(problem, response)
    if problem.answer_kind in RATIONALES and (problem.answer or "").strip():
        return _verify_rationale(problem, response)
    started = time.perf_counter()
    kind, refusal = _kind(problem)
    if refusal:
        return outcome(refusal, None, kind)
    found = _extracted(problem, response, kind)
    reason = judged(found, lambda answer: _reason_or_option(problem, answer, kind))
    answer = None if found.answer is None else _shown(problem, found.answer, kind)
    return outcome(reason, answer, kind, time.perf_counter() - started)


def compare(
    gold: str | None, answer: str, kind: str | None = None, tests: str | None = None
) -> Verification:
    """Compare two answers, with no extraction; `kind` as decided by the gold where it is None.

    `tests` is what the kind needs beside the gold, as JSON text (see `Problem`).
    """
    started = time.perf_counter()
    if kind is None and gold and letter_of(gold.upper()) and letter_of(answer.upper()):
        gold, kind = gold.upper(), "choice"  # without a problem, a letter beside a letter
    kind = kind or answer_kind(gold) or "math"
    if not (gold or "").strip() and kind not in GOLDLESS:
        return outcome("undecided.no_gold", answer, kind)
    if not answer.strip():
        return outcome("no_answer.not_found", None, kind)
    if kind not in KINDS and kind not in _PLAIN:
        return outcome("undecided.unsupported", answer, kind)
    reason = _reason(Problem("", "", gold, kind, tests), answer, kind)
    return outcome(reason, answer, kind, time.perf_counter() - started)


def audit(problem: Problem) -> Verification:
    """Whether the verifier accepts the problem's own gold answer as an answer.

    Correct, or the reason why no response to this problem can be judged: `undecided.no_gold`,
    `undecided.unsupported`, `undecided.parse_gold`, `undecided.tests`, `undecided.limit`; of a
    problem that can be solved, also `gold.differs`, `gold.no_solution`, `gold.several_solutions`;
    of code, what `verifiers.kinds.programs.code.audit_code` says.
    """
    if problem.answer_kind == "code":
        return audit_code(problem)
    if problem.answer_kind in RATIONALES:  # the gold is an answer like any other
        problem = problem._replace(answer_kind=None)
    started = time.perf_counter()
    kind, refusal = _kind(problem)
    if refusal:
        gold = None if refusal == "undecided.no_gold" else problem.answer
        return outcome(refusal, gold, kind)
    if kind in KINDS:
        reason = _module(kind).audit(problem)
    else:
        reason = _reason(problem, problem.answer or "", kind)
    return outcome(reason, problem.answer, kind, time.perf_counter() - started)


def _kind(problem: Problem) -> tuple[str, str]:
    """The kind of a problem, and the reason why it cannot be judged ("" where it can)."""
    kind, gold = problem.answer_kind, problem.answer
    if kind in GOLDLESS:
        return kind, ""
    if gold is None or not gold.strip():
        return kind or "math", "undecided.no_gold"
    kind = kind or answer_kind(gold, problem.problem)
    if kind not in KINDS and kind not in _PLAIN:
        return kind or "none", "undecided.unsupported"
    return kind, ""


def _extracted(problem: Problem, response: str, kind: str) -> Extraction:
    """The final answer of a response to a problem of this kind."""
    if kind == "choice":
        return read_choice(response, problem.problem)
    if kind not in KINDS:
        return read_answer(response, kind)
    thought = take_apart(response)
    if not thought.closed:
        return Extraction(None, reason="no_answer.unclosed")
    answer = _module(kind).extract(thought.response)
    return Extraction(answer, kind, reason="" if answer is not None else "no_answer.not_found")


def _verify_rationale(problem: Problem, response: str) -> Verification:
    """Compare what a response's program prints, or its equations have as solution."""
    started = time.perf_counter()
    kind = problem.answer_kind or ""
    answer, reason = run_program(response) if kind == "program" else solve(response)
    if reason:
        return outcome(reason, answer or None, kind, time.perf_counter() - started)
    word = compare(problem.answer or "", answer)
    return replace(word, verifier=kind, seconds=time.perf_counter() - started)


def _reason_or_option(problem: Problem, answer: str, kind: str) -> str:
    """The reason for an answer, or for the option whose letter it is."""
    reason = _reason(problem, answer, kind)
    if kind == "choice" or reason.startswith("equal."):
        return reason
    option = option_named(answer, problem.problem)
    return _reason(problem, option, kind) if option else reason


def _reason(problem: Problem, answer: str, kind: str) -> str:
    if kind in KINDS:
        found: str = _module(kind).compare(problem, answer)
        return found
    gold = problem.answer or ""
    if gold.strip().lower() in _MISSING:
        return "undecided.no_gold"
    gold, answer = unboxed(gold), unboxed(answer)
    if len(gold) > _LONGEST or len(answer) > _LONGEST:
        return "undecided.limit"
    return _cached(gold, answer, kind, problem.problem if kind == "choice" else "")


def _shown(problem: Problem, answer: str, kind: str) -> str | None:
    """What stands in `extracted`: the answer, or what a kind that reads all of it reports."""
    evidence = getattr(_module(kind), "evidence", None) if kind in KINDS else None
    return evidence(problem, answer) if evidence else answer


def _module(kind: str) -> Any:
    return importlib.import_module(KINDS[kind])


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
