"""Verifiers: is this the right answer? Correct, incorrect or undecided, always with a reason.

>>> from verifiers import Problem, verify
>>> verify(Problem("p", "What is half of 1?", "1/2", None), r"It is \\boxed{0.5}.").reason
'equal.exact'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from verifiers.version import VERSION

if TYPE_CHECKING:
    from verifiers.base.protocol import Problem, Verifier
    from verifiers.dispatch import audit, compare, verify
    from verifiers.extract.final_answer import final_answer
    from verifiers.kinds.detect import answer_kind
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

HOMES = {
    "Pool": "verifiers.workers.pool",
    "Problem": "verifiers.base.protocol",
    "Verifier": "verifiers.base.protocol",
    "answer_kind": "verifiers.kinds.detect",
    "audit": "verifiers.dispatch",
    "compare": "verifiers.dispatch",
    "final_answer": "verifiers.extract.final_answer",
    "verify": "verifiers.dispatch",
}


def __getattr__(name: str) -> Any:  # the version alone is asked for often, sympy takes a second
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
