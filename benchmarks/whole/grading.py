"""What the peers' own code does with a row: math-verify on what follows the reasoning."""

from functools import cache
from typing import Any

from math_verify import parse, verify

PATIENCE = 60
"""Seconds of wall before it gives up: its own 5 are reached on a busy machine."""


@cache
def gold(answer: str) -> Any:
    """A gold answer, parsed once for all the traces of its problem."""
    return parse(f"${answer}$", parsing_timeout=PATIENCE)


def correct(answer: str, trace: str) -> bool:
    """Whether a reasoning was closed and the response behind it has the answer."""
    _, closed, response = trace.rpartition("</think>")
    return bool(closed) and bool(
        verify(gold(answer), parse(response, parsing_timeout=PATIENCE), timeout_seconds=PATIENCE)
    )


def messages(problem: str, trace: str) -> list[dict[str, str]]:
    """A row to train on."""
    return [{"role": "user", "content": problem}, {"role": "assistant", "content": trace}]
