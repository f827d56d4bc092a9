"""One door to all kinds: extraction, comparison, and the check of a problem's own gold."""

import time
from dataclasses import replace

from schemas.parts import load_parts
from schemas.vocabulary import Verification
from verifiers.base.kinds import KINDS, Kind
from verifiers.base.outcome import outcome
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import Extraction, final_answer, judged
from verifiers.extract.reasoning import take_apart
from verifiers.kinds.choice import letter_of, option_named
from verifiers.kinds.detect import answer_kind

for _room in ("kinds", "kinds.puzzles", "kinds.programs", "kinds.programs.code"):
    load_parts(f"verifiers.{_room}")
load_parts("verifiers.kinds.programs.rationale", "longcot.kinds")

GOLDLESS = frozenset(name for name, kind in KINDS.items() if kind.goldless)
"""Kinds that judge by the problem's `tests` and can do without a gold answer."""

HEAVY = {name: kind.package for name, kind in KINDS.items() if kind.package}
"""Kinds whose package takes seconds to load, which the pool does before a deadline runs."""

RATIONALES = tuple(name for name, kind in KINDS.items() if kind.run)
"""Kinds whose responses are run, or solved, for the answer that they come to."""


def verify(problem: Problem, response: str) -> Verification:
    """Judge the final answer of `response` against the gold of `problem`.

    Runs in the calling process and without a deadline: for text of unknown origin use
    `verifiers.Pool`. Extraction and comparison are guarded, so this does not raise for anything
    that a model writes, save MemoryError.
    """
    asked = KINDS.get(problem.answer_kind or "")
    if asked and asked.verify:
        return asked.verify(problem, response)
    if asked and asked.run and (problem.answer or "").strip():
        return _run(problem, asked, response)
    started = time.perf_counter()
    name, refusal = _kind(problem)
    if refusal == "undecided.no_gold" and name in ("math", "choice", "text"):
        return outcome(refusal, final_answer(response, name), name)  # `vote` may make it one
    if refusal:
        return outcome(refusal, None, name)
    kind = KINDS[name]
    found = _extracted(problem, kind, response)
    reason = judged(found, lambda answer: _reason_or_option(problem, kind, answer))
    answer = found.answer
    if answer is None and reason.startswith("equal."):
        answer = found.bare
    if answer is not None and kind.evidence:
        answer = kind.evidence(problem, answer)
    return outcome(reason, answer, name, time.perf_counter() - started)


def compare(
    gold: str | None, answer: str, kind: str | None = None, tests: str | None = None
) -> Verification:
    """Compare two answers, with no extraction; `kind` as decided by the gold where it is None.

    `tests` is what the kind needs beside the gold, as JSON text (see `Problem`).
    """
    return compare_to(Problem("", "", gold, kind, tests), answer)


def compare_to(problem: Problem, answer: str) -> Verification:
    """`compare` with the problem's gold, kind, tests and statement."""
    started = time.perf_counter()
    gold, name = problem.answer or "", problem.answer_kind
    if name in RATIONALES:  # what a rationale comes to is an answer like any other
        name = None
    if name is None and gold and letter_of(gold.upper()) and letter_of(answer.upper()):
        problem, name = problem._replace(answer=gold.upper()), "choice"  # a letter beside a letter
    name = name or answer_kind(gold, problem.problem) or "math"
    kind = KINDS.get(name)
    if not gold.strip() and not (kind and kind.goldless):
        return outcome("undecided.no_gold", answer, name)
    if not answer.strip():
        return outcome("no_answer.not_found", None, name)
    if not kind or not kind.compare:
        return outcome("undecided.unsupported", answer, name)
    return outcome(_reason(kind, problem, answer), answer, name, time.perf_counter() - started)


def audit(problem: Problem) -> Verification:
    """Whether the verifier accepts the problem's own gold answer as an answer.

    Correct, or the reason why no response to this problem can be judged: `undecided.no_gold`,
    `undecided.unsupported`, `undecided.parse_gold`, `undecided.tests`, `undecided.limit`; of a
    problem that can be solved, also `gold.differs`, `gold.no_solution`, `gold.several_solutions`;
    of code, what `verifiers.kinds.programs.code.audit_code` says.
    """
    asked = KINDS.get(problem.answer_kind or "")
    if asked and asked.prove:
        return asked.prove(problem)
    if asked and asked.run:
        problem = problem._replace(answer_kind=None)
    started = time.perf_counter()
    name, refusal = _kind(problem)
    if refusal:
        gold = None if refusal == "undecided.no_gold" else problem.answer
        return outcome(refusal, gold, name)
    kind = KINDS[name]
    reason = kind.audit(problem) if kind.audit else _reason(kind, problem, problem.answer or "")
    return outcome(reason, problem.answer, name, time.perf_counter() - started)


def _kind(problem: Problem) -> tuple[str, str]:
    """The kind of a problem, and the reason why it cannot be judged ("" where it can)."""
    name, gold = problem.answer_kind, problem.answer
    if name in GOLDLESS:
        return name, ""
    if gold is None or not gold.strip():
        return name or "math", "undecided.no_gold"
    name = name or answer_kind(gold, problem.problem)
    if name not in KINDS or not KINDS[name].compare:
        return name or "none", "undecided.unsupported"
    return name, ""


def _extracted(problem: Problem, kind: Kind, response: str) -> Extraction:
    """The final answer of a response to a problem of this kind."""
    if kind.read:
        return kind.read(problem, response)
    thought = take_apart(response)
    if not thought.closed:
        return Extraction(None, reason="no_answer.unclosed")
    answer = kind.extract(thought.response) if kind.extract else None
    return Extraction(answer, kind.name, reason="" if answer is not None else "no_answer.not_found")


def _run(problem: Problem, kind: Kind, response: str) -> Verification:
    """Compare what a response's program prints, or its equations have as solution."""
    started = time.perf_counter()
    assert kind.run
    answer, reason = kind.run(response)
    if reason:
        return outcome(reason, answer or None, kind.name, time.perf_counter() - started)
    word = compare(problem.answer or "", answer)
    return replace(word, verifier=kind.name, seconds=time.perf_counter() - started)


def _reason(kind: Kind, problem: Problem, answer: str) -> str:
    assert kind.compare
    return kind.compare(problem, answer)


def _reason_or_option(problem: Problem, kind: Kind, answer: str) -> str:
    """The reason for an answer, or for the option whose letter it is."""
    reason = _reason(kind, problem, answer)
    if kind.name not in ("math", "text") or reason.startswith("equal."):
        return reason
    option = option_named(answer, problem.problem)
    return _reason(kind, problem, option) if option else reason
