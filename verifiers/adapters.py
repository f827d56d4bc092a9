"""Rewards for reinforcement learning: TRL's reward function and verl's `compute_score`.

Both judge in a pool of killable workers that each process starts when it first asks, so they may
be called from any thread and after a fork. 1.0 is correct and 0.0 incorrect, which includes a
response that never came to an answer.
"""

import os
import threading
from collections.abc import Sequence
from typing import Any

from schemas.vocabulary import Verdict, Verification
from verifiers.base.protocol import Problem
from verifiers.extract.reasoning import prefilled
from verifiers.workers.pool import Pool

_pools: dict[int, Pool] = {}
_lock = threading.Lock()


def reward(
    completions: Sequence[Any], answer: Sequence[str | None], **kwargs: Any
) -> list[float | None]:
    """TRL's reward function: one reward per completion, None where nothing can be decided.

    `completions` are texts or conversations (the last message counts), `answer` the gold answers,
    a column of the dataset. Columns that the view `rlvr` has, too: `answer_kind` says what the gold
    is and `tests` holds what that kind needs beside it. A column `problem`, or else the prompts,
    helps with multiple choice; a thought that a prompt opens belongs to the completion. Other
    keywords that TRL passes are ignored.
    """
    none = [None] * len(completions)
    problems = kwargs.get("problem") or [_text(p) for p in kwargs.get("prompts") or none]
    openings = [prefilled(p) if isinstance(p, str) else "" for p in kwargs.get("prompts") or none]
    kinds, tests = (kwargs.get(column) or none for column in ("answer_kind", "tests"))
    items = [
        (Problem("", problem or "", gold, *needs), opened + _text(completion))
        for completion, gold, problem, opened, *needs in zip(
            completions, answer, problems, openings, kinds, tests, strict=True
        )
    ]
    return [_reward(found) for found in _pool().map("verify", items)]


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: dict[str, Any] | None = None,
    **kwargs: Any,
) -> float:
    """verl's `custom_reward_function`: the reward of one response; 0.0 where undecided.

    `ground_truth` is the gold answer; `extra_info` may hold `problem`, `answer_kind` and
    `tests`, as in the view `rlvr`. `data_source` and further keywords are ignored.
    """
    more = extra_info or {}
    needs = (more.get("answer_kind"), more.get("tests"))
    asked = Problem("", more.get("problem") or "", ground_truth, *needs)
    return _reward(_pool().map("verify", [(asked, solution_str)])[0]) or 0.0


def _reward(found: Verification) -> float | None:
    if found.verdict == Verdict.UNDECIDED and not found.reason.startswith("no_answer."):
        return None
    return float(found.verdict == Verdict.CORRECT)


def _text(completion: Any) -> str:
    if isinstance(completion, str):
        return completion
    return str(completion[-1]["content"] or "") if completion else ""


def _pool() -> Pool:
    """This process's own pool; one that came along in a fork is left to its owner."""
    pid = os.getpid()
    with _lock:
        if pid not in _pools:
            _pools[pid] = Pool()
        return _pools[pid]
