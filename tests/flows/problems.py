"""Small procedural problems and traces; number `i` is always the same problem."""

import json
from collections.abc import Iterable
from typing import Any

STEPS = ["screen", "dedupe", "generate", "verify", "measure", "grade"]
VIEWS: dict[str, Any] = {
    "sft": {"where": "verdict = 'correct' and state = 'complete'", "per_problem": 1},
    "pairs": {"chosen": "verdict = 'correct'", "rejected": "verdict = 'incorrect'"},
    "rlvr": {"where": "pass_rate < 1"},
    "midtrain": {"where": "verdict = 'correct'"},
}


def statement(i: int) -> str:
    return f"Ann has {i} apples and buys {i % 7 + 1} more. How many apples does she have now?"


def gold(i: int) -> int:
    return i + i % 7 + 1


def problem(i: int, **more: Any) -> dict[str, Any]:
    return {"problem": statement(i), "answer": str(gold(i)), "domain": "math", **more}


def problems(*numbers: int) -> list[dict[str, Any]]:
    return [problem(i) for i in range(*numbers)]


def trace(i: int, sample: int, chars: int = 0, **more: Any) -> dict[str, Any]:
    """A trace of problem `i`; one in three is wrong. Its reasoning is at least `chars` long."""
    right = (i + sample) % 3 != 0
    said = gold(i) if right else gold(i) + 1
    thought = [f"Ann starts with {i} and buys {i % 7 + 1}. Draw {sample} of this problem."]
    length = len(thought[0])
    while length < chars:
        n = len(thought) * 7919 + i * 31 + sample
        thought.append(f"Check {n}: {n % 1009} plus {n % 31} makes {n % 1009 + n % 31}.")
        length += len(thought[-1]) + 1
    text = "<think>\n" + "\n".join(thought) + f"\n</think>\n\nThe answer is \\boxed{{{said}}}."
    return {"problem": statement(i), "trace": text, "sample": sample, "label": right, **more}


def traces(first: int, last: int, samples: int = 3, chars: int = 0) -> list[dict[str, Any]]:
    return [trace(i, s, chars) for i in range(first, last) for s in range(samples)]


def lines(rows: Iterable[Any]) -> bytes:
    """JSONL; rows that are bytes stand as they are."""
    data = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    return b"".join(line + b"\n" for line in data)


def recipe(**changes: Any) -> dict[str, Any]:
    """A whole recipe over `p.jsonl` and `t.jsonl`."""
    plain = {
        "name": "small",
        "sources": [{"path": "p.jsonl"}],
        "teachers": [{"name": "t", "recorded": "t.jsonl"}],
        "steps": STEPS,
        "views": VIEWS,
    }
    return {**plain, **changes}
