r"""math-verify for what the parser of this package does not read: integrals, sums, determinants.

It is called without its alarms (they fail in threads, and kill the caller's own alarm); the pool's
deadline bounds it instead, and `limits` keeps out what is known to run away. The only text that it
passes to sympy's `parse_expr` are digits and operators.
"""

import logging
from functools import lru_cache
from importlib import import_module
from typing import Any

logging.getLogger("math_verify").setLevel(logging.CRITICAL)
logging.getLogger("latex2sympy2_extended").setLevel(logging.CRITICAL)


def compare_symbolic(gold: str, answer: str) -> str:
    """`equal.symbolic`, `differ.value`, or `undecided.parse_gold` / `undecided.parse_answer`.

    Equal only when both directions say so: math-verify reads a gold and an answer differently.
    """
    first, second = _parse(gold), _parse(answer)
    if not first:
        return "undecided.parse_gold"
    if not second:
        return "undecided.parse_answer"
    if _verify(first, second) and _verify(second, first):
        return "equal.symbolic"
    return "differ.value"


def preload() -> None:
    """Make a comparison of each kind, so that everything lazy is loaded."""
    compare_symbolic(r"\frac{1}{2}x", "x/2")
    compare_symbolic("(1,2]", r"\{3,4\}")


@lru_cache(maxsize=2048)
def _parse(text: str) -> Any:
    found = library().parse(f"${text}$", parsing_timeout=None)
    return tuple(found) if any(not isinstance(part, str) for part in found) else ()


def _verify(first: Any, second: Any) -> bool:
    return bool(library().verify(list(first), list(second), timeout_seconds=None))


def library() -> Any:
    """math_verify, loaded when first needed: it costs half a second that a parent need not pay."""
    return import_module("math_verify")
