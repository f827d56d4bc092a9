"""Other graders behind this package's shape, as a second opinion and never as the label.

They run in the pool: math-verify is called without its own timeouts, which need the main thread
and cancel the caller's alarm; the pool's deadline bounds it instead.
"""

import logging
import time
from importlib import import_module
from importlib.metadata import version
from typing import Any

from schemas.vocabulary import PEERS, Verification
from verifiers.base.outcome import verdict_of
from verifiers.base.protocol import Problem

(MATH_VERIFY,) = PEERS
logging.getLogger("math_verify").setLevel(logging.CRITICAL)
logging.getLogger("latex2sympy2_extended").setLevel(logging.CRITICAL)


def library() -> Any:
    """math_verify, loaded when first needed: it costs half a second that a parent need not pay."""
    return import_module("math_verify")


def preload() -> None:
    """Parse and compare once, so that everything lazy is loaded."""
    pair = [library().parse(text, parsing_timeout=None) for text in ("$x/2$", "$(1,2]$")]
    library().verify(*pair, timeout_seconds=None)


def math_verify(problem: Problem, response: str) -> Verification:
    """math-verify's word on a response, with its own extraction and its best set-up.

    The gold is wrapped in dollars where it has no marks of its own: bare, math-verify reads only
    plain numbers. Its False is `differ.value`, a side that it cannot read `undecided.parse_gold`
    or `no_answer.not_found`.
    """
    started = time.perf_counter()
    gold = problem.answer or ""
    if not gold.strip():
        reason, extracted = "undecided.no_gold", None
    else:
        marked = any(mark in gold for mark in ("$", "\\(", "\\[", "\\boxed"))
        ours = library().parse(gold if marked else f"${gold}$", parsing_timeout=None)
        theirs = library().parse(response, parsing_timeout=None)
        extracted = str(theirs[-1]) if theirs else None
        if not ours:
            reason = "undecided.parse_gold"
        elif not theirs:
            reason = "no_answer.not_found"
        else:
            same = library().verify(ours, theirs, timeout_seconds=None)
            reason = "equal.symbolic" if same else "differ.value"
    verdict, seconds = verdict_of(reason), time.perf_counter() - started
    return Verification(verdict, extracted, reason, MATH_VERIFY, version("math-verify"), seconds)
