"""Rewards for reinforcement learning: TRL's reward function and verl's `compute_score`.

Both judge in a pool of killable workers that each process starts when it first asks, so they may
be called from any thread and after a fork. 1.0 is correct and 0.0 incorrect, which includes a
response that never came to an answer. A gold that cannot be one raises ValueError with its row.
"""

import json
import math
import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.vocabulary import Verdict, Verification
from verifiers.base.kinds import KINDS
from verifiers.base.protocol import Problem
from verifiers.extract.reasoning import prefilled
from verifiers.workers.pool import Pool

_pools: dict[int, Pool] = {}
_lock = threading.Lock()


def reward(completions: Sequence[Any], answer: Sequence[Any], **kwargs: Any) -> list[float | None]:
    """TRL's reward function: one reward per completion, None where nothing can be decided.

    `completions` are texts or conversations (what the assistant said last counts, not what a tool
    answered), `answer` the gold answers, a column of the dataset: texts, numbers, or lists of one.
    Columns that the view `rlvr` has, too: `answer_kind` says what the gold is and `tests` holds
    what that kind needs beside it. A column `problem`, or else the prompts, helps with multiple
    choice. Other keywords that TRL passes are ignored. Raises ValueError naming the row whose gold
    is None, or nothing that can be compared, where its kind needs one.
    """
    none = [None] * len(completions)
    prompts = kwargs.get("prompts") or none
    problems = kwargs.get("problem") or [_text(p) for p in prompts]
    kinds, tests = (kwargs.get(column) or none for column in ("answer_kind", "tests"))
    columns = zip(completions, answer, problems, kinds, tests, prompts, strict=True)
    items = [
        _item(f"row {row}", gold, _said(completion, prompt), problem, kind, test)
        for row, (completion, gold, problem, kind, test, prompt) in enumerate(columns)
    ]
    return [reward_of(found) for found in _pool().map("verify", items)]


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: dict[str, Any] | None = None,
    **kwargs: Any,
) -> float:
    """verl's `custom_reward_function`: the reward of one response; 0.0 where undecided.

    `ground_truth` is the gold answer; `extra_info` may hold `problem`, `answer_kind` and
    `tests`, as in the view `rlvr`. `data_source` and further keywords are ignored. Raises
    ValueError for a gold that is None or nothing that can be compared.
    """
    more = extra_info or {}
    needs = (more.get("problem"), more.get("answer_kind"), more.get("tests"))
    asked = _item(f"index {more.get('index', '?')}", ground_truth, _said(solution_str), *needs)
    return reward_of(_pool().map("verify", [asked])[0]) or 0.0


def item(row: Any, place: str) -> tuple[Problem, str]:
    """What the pool judges, of a row with `response` and `answer`, as the server is sent it.

    Also `problem`, `answer_kind`, `tests`, `prompt`. Raises ValueError that names `place`.
    """
    if not isinstance(row, Mapping) or "response" not in row:
        raise ValueError(f"{place}: an object with `response`, and `answer` or `tests`")
    needs = (row.get("problem"), row.get("answer_kind"), row.get("tests"))
    return _item(place, row.get("answer"), _said(row["response"], row.get("prompt")), *needs)


def reward_of(found: Verification) -> float | None:
    """1.0 for correct, 0.0 for incorrect, None where nothing was decided."""
    if found.verdict == Verdict.UNDECIDED and not found.reason.startswith("no_answer."):
        return None
    return float(found.verdict == Verdict.CORRECT)


def _item(
    place: str, gold: Any, response: str, problem: Any, kind: Any, tests: Any
) -> tuple[Problem, str]:
    if tests is not None and not isinstance(tests, str):
        tests = json.dumps(tests)
    known = KINDS.get(kind) if kind else None
    needless = known and (known.goldless or known.verify) and (gold is None or gold == "")
    answer = None if needless else _gold(gold, place)
    return Problem("", _text(problem), answer, kind or None, tests), response


def _gold(gold: Any, place: str) -> str:
    """A gold as text: a number, or the only item of a list, is one; nothing else is guessed at."""
    while isinstance(gold, list | tuple) and len(gold) == 1:
        gold = gold[0]
    if hasattr(gold, "item") and not isinstance(gold, str):  # numpy's and torch's numbers
        gold = gold.item()
    if isinstance(gold, str) and gold.strip():
        return gold
    if isinstance(gold, bool) or (isinstance(gold, int | float) and math.isfinite(gold)):
        return str(gold)
    raise ValueError(
        f"{place}: the gold answer is {gold!r:.80}, which nothing can be compared with; give a "
        "text or a number (or a list of one), or leave the row out"
    )


def _said(completion: Any, prompt: Any = None) -> str:
    """What is to be judged: the assistant's last words.

    Where the prompt ends inside of a thought that it opened, the completion begins in it.
    """
    return (prefilled(_text(prompt)) if prompt else "") + _text(completion)


def _text(completion: Any) -> str:
    """A text, or the last message of a conversation that no tool or user said."""
    if completion is None or isinstance(completion, str):
        return completion or ""
    messages = [m for m in completion if m.get("role", "assistant") == "assistant"]
    message = (messages or list(completion) or [{}])[-1]
    content = message.get("content") or ""
    if isinstance(content, list):  # parts
        content = "".join(str(part.get("text") or "") for part in content)
    thought = message.get("reasoning_content")
    return f"<think>\n{thought}\n</think>\n{content}" if thought else str(content)


def _pool() -> Pool:
    """This process's own pool; one that came along in a fork is left to its owner."""
    pid = os.getpid()
    with _lock:
        if pid not in _pools:
            _pools[pid] = Pool()
        return _pools[pid]
