"""Limits of verdicts: what a verifier process may use, how many decisions say something."""

from collections.abc import Iterable

from pydantic import Field

from schemas.rows import Strict

LEAST = 30
"""Decisions of people below which nothing is said: with fewer the interval is the prior's."""


class Limits(Strict):
    """Time and memory of one comparison."""

    deadline: float = Field(6.0, gt=0, description="wall seconds for one comparison")
    memory_mb: int = Field(1500, ge=256, description="memory limit of a verifier process, in MB")


def limits_among(steps: Iterable[object]) -> list[Limits]:
    """Those of the steps that have verdicts made."""
    return [step for step in steps if isinstance(step, Limits)]
