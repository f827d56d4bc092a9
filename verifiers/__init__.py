"""Verifiers: is this the right answer? Correct, incorrect or undecided, always with a reason.

>>> from verifiers import Problem, verify
>>> verify(Problem("p", "What is half of 1?", "1/2", None), r"It is \\boxed{0.5}.").reason
'equal.exact'
"""

from verifiers.base.protocol import Problem, Verifier
from verifiers.dispatch import audit, compare, verify
from verifiers.extract.final_answer import final_answer
from verifiers.kinds.detect import answer_kind
from verifiers.version import VERSION
from verifiers.workers.pool import Pool

__all__ = [
    "VERSION",
    "Pool",
    "Problem",
    "Verifier",
    "answer_kind",
    "audit",
    "compare",
    "final_answer",
    "verify",
]
