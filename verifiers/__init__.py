"""Verifiers: is this the right answer? Correct, incorrect or undecided, always with a reason.

>>> from verifiers import Problem, verify
>>> verify(Problem("p", "What is half of 1?", "1/2", None), r"It is \\boxed{0.5}.").reason
'equal.exact'
"""

from verifiers.dispatch import audit, compare, verify
from verifiers.extract import final_answer
from verifiers.kinds import answer_kind
from verifiers.pool import Pool
from verifiers.protocol import Problem, Verifier
from verifiers.version import VERSION

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
