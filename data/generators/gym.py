"""The tasks of reasoning-gym, each with its own scorer: `generate: gym/countdown`.

Needs the extra `longcot[gym]`. The level is not used: reasoning-gym's tasks have curricula of their
own, and their default settings are taken.
"""

import importlib
import json
from collections.abc import Iterator
from typing import Any

from schemas.errors import SourceError
from schemas.parts.generator import GENERATORS, TRIES, Generator

SPARE = 4
"""Entries that are drawn for each that is wanted, at most: some come out the same."""


def _factory() -> Any:
    try:
        importlib.import_module("reasoning_gym")
        return importlib.import_module("reasoning_gym.factory")
    except ImportError:
        raise SourceError(
            "generator `gym` needs reasoning-gym: pip install 'longcot[gym]'"
        ) from None


def tasks() -> list[str]:
    """The names of its tasks. Raises SourceError without reasoning-gym."""
    return sorted(_factory().DATASETS)


def rows(task: str, n: int, seed: int, levels: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """The first n entries of a task."""
    seen: set[str] = set()
    made = _factory().create_dataset(task, seed=seed, size=SPARE * n + TRIES)
    for number in range(SPARE * n + TRIES):
        entry = made[number]
        if entry["question"] in seen:
            continue
        if len(seen) == n:
            return
        seen.add(entry["question"])
        metadata = json.loads(json.dumps(entry["metadata"], default=str))
        yield {
            "problem": entry["question"],
            "answer": None if entry["answer"] is None else str(entry["answer"]),
            "answer_kind": "reasoning_gym",
            "tests": {"dataset": task, "metadata": metadata},
            "domain": "logic",
            "license": "Apache-2.0",
            "language": "en",
        }
    if len(seen) < n:
        raise SourceError(
            f"generator `gym/{task}` has no more than {len(seen):,} different problems; ask for "
            "fewer"
        )


GENERATORS.add(
    "gym", Generator("gym", "the tasks of reasoning-gym, by name", (1, 1), rows, "1", tasks)
)
