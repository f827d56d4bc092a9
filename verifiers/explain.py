"""Why a verdict is what it is: which text was taken as the answer, and what decided."""

from typing import Any

from schemas.vocabulary import REASONS, Verification
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import extract
from verifiers.math.reading import describe


def evidence(problem: Problem, response: str, found: Verification) -> dict[str, Any]:
    """A verdict with its evidence, a field a line; what does not apply is None.

    `stage` is the first part of the comparison that could tell: text, number, structure, algebra
    or evaluation. `gold_read` and `answer_read` say what each side was understood to be, and which
    part of it was not.
    """
    taken = extract(response, found.verifier)
    if taken and taken.answer != found.extracted:
        taken = None  # kinds with a module of their own, and programs, take their answers otherwise
    span = f"characters {taken.start} to {taken.end}" if taken and taken.start >= 0 else None
    family, _, detail = found.reason.partition(".")
    return {
        "verdict": str(found.verdict),
        "reason": f"{found.reason}: {REASONS[found.reason]}",
        "stage": _STAGES.get(detail) if family == "equal" else None,
        "kind": found.verifier,
        "answer": found.extracted,
        "found by": taken.rule if taken else None,
        "at": span,
        "rivals": ", ".join(taken.rivals) or None if taken else None,
        "gold_read": describe(problem.answer or ""),
        "answer_read": describe(found.extracted) if found.extracted else None,
        "version": found.version,
        "seconds": f"{found.seconds:.4f}",
    }


_STAGES = {
    "string": "text",
    "text": "text",
    "choice": "text",
    "exact": "number or structure",
    "rounded": "number",
    "symbolic": "algebra",
    "numeric": "evaluation",
}
