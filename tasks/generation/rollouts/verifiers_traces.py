"""Rollouts of `verifiers` and prime-rl: `traces.jsonl` of today, `results.jsonl` of before.

    {"traces": [{"task": {"data": {"prompt": ...}}, "nodes": [{"message": ..., "sampled": true}],
                 "calls": [{"model": ..., "usage": ...}], "rewards": {"name": {"score": 1.0}}}]}
    {"prompt": [...], "completion": [...], "reward": 1.0}

A trace of one model call is one; what calls tools or goes on over several turns is set aside.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tasks.sources.rows import BadRow


def items(content: dict[str, Any]) -> list[Any]:
    """The traces of an episode; a result, or a trace of its own, is one."""
    return list(content.get("traces", [content]))


def rows(trace: dict[str, Any], asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A trace or a result. Raises BadRow where it is no single answer."""
    if "completion" in trace:
        reward = trace.get("reward")
        label = None if reward is None else reward >= 1
        yield {"problem": trace["prompt"], "trace": trace["completion"], "label": label}
        return
    yield _trace(trace)


def _trace(trace: dict[str, Any]) -> dict[str, Any]:
    said = [node["message"] for node in trace["nodes"] if node.get("sampled")]
    if len(said) != 1 or said[0].get("tool_calls"):
        raise BadRow("wrong_type", f"{len(said)} messages of a model, or calls of tools")
    asked = [node["message"] for node in trace["nodes"] if not node.get("sampled")]
    users = [message for message in asked if message["role"] in ("user", "system")]
    calls = trace.get("calls") or [{}]
    usage = calls[-1].get("usage") or {}
    return {
        "problem": users or trace["task"]["data"].get("prompt"),
        "trace": said,
        "teacher": calls[-1].get("model"),
        "finish_reason": calls[-1].get("finish_reason"),
        "prompt_tokens": usage.get("prompt_tokens"),
        "completion_tokens": usage.get("completion_tokens"),
        "reasoning_tokens": usage.get("reasoning_tokens"),
        "label": _label(trace.get("rewards") or {}),
    }


def _label(rewards: Mapping[str, Any]) -> bool | None:
    """Whether the weighted rewards come to their most, 1 each; None where there are none."""
    told = [reward for reward in rewards.values() if isinstance(reward, dict)]
    weights = sum(reward.get("weight", 1.0) for reward in told)
    total = sum(reward["score"] * reward.get("weight", 1.0) for reward in told)
    return bool(total >= weights) if weights else None
