"""Rollouts of NeMo Gym: the request and the response as OpenAI's Responses API has them.

{"responses_create_params": {"input": [...]}, "reward": 1.0, "response": {"output": [
    {"type": "reasoning", "summary": [{"text": "..."}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "..."}]}
], "model": "...", "usage": {"input_tokens": 9, "output_tokens": 90}}}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tasks.sources.rows import BadRow


def rows(content: dict[str, Any], asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The trace of a rollout; what calls tools is set aside."""
    response = content["response"]
    thoughts, said = [], []
    for item in response["output"]:
        if item["type"] == "reasoning":
            thoughts += [part["text"] for part in item.get("summary") or item.get("content") or []]
        elif item["type"] == "message":
            said += [part["text"] for part in item["content"] if part["type"] == "output_text"]
        else:
            raise BadRow("wrong_type", f"an item of type {item['type']!r}")
    usage, reward = response.get("usage") or {}, content.get("reward")
    cut = (response.get("incomplete_details") or {}).get("reason") == "max_output_tokens"
    details = usage.get("output_tokens_details") or {}
    message = {"role": "assistant", "content": "".join(said)}
    if thoughts:
        message["reasoning_content"] = "\n".join(thoughts)
    yield {
        "problem": content["responses_create_params"]["input"],
        "trace": [message],
        "teacher": response.get("model"),
        "finish_reason": "length" if cut else "stop",
        "prompt_tokens": usage.get("input_tokens"),
        "completion_tokens": usage.get("output_tokens"),
        "reasoning_tokens": details.get("reasoning_tokens"),
        "label": None if reward is None else reward >= 1,
    }
