"""From a reason to a verdict: comparisons return a reason, the verdict follows from its family."""

from schemas.vocabulary import REASONS, Verdict, Verification
from verifiers.version import VERSION

_UNJUDGED = {"no_answer.truncated", "no_answer.unclosed"}


def verdict_of(reason: str) -> Verdict:
    """The verdict that a reason stands for; KeyError for a reason outside `REASONS`.

    A response that was cut before it could answer is undecided; one that ended without an answer,
    or with several, is incorrect.
    """
    if reason not in REASONS:
        raise KeyError(reason)
    family = reason.partition(".")[0]
    if family in ("equal", "pass"):
        return Verdict.CORRECT
    if family == "undecided" or reason in _UNJUDGED:
        return Verdict.UNDECIDED
    return Verdict.INCORRECT


def outcome(
    reason: str,
    extracted: str | None,
    verifier: str,
    seconds: float = 0.0,
    score: float | None = None,
) -> Verification:
    """A `Verification` of this suite's version; `seconds` is the wall time of the comparison."""
    return Verification(verdict_of(reason), extracted, reason, verifier, VERSION, seconds, score)
