"""OpenAI batch files: the output, whose requests stand in the input file that was uploaded.

{"custom_id": "a", "response": {"status_code": 200, "body": {"choices": [...], "usage": {...}}}}
{"custom_id": "a", "body": {"model": "...", "messages": [...]}}                    the request
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.errors import SourceError
from tasks.sources.readers import read_files
from tasks.sources.rows import BadRow, Broken


def requests(files: list[str]) -> dict[str, Any]:
    """What was asked, by `custom_id`. Raises SourceError for a line that is no request, and where
    two of one id ask different things.
    """
    found: dict[str, Any] = {}
    for row in read_files(files):
        told = {} if isinstance(row.content, Broken) else row.content
        body = told.get("body")
        said = body.get("messages") if isinstance(body, dict) else None
        if "custom_id" not in told or not said:
            raise SourceError(f"{row.place}: no request of a batch (`custom_id`, `body.messages`)")
        own = str(told["custom_id"])
        if found.setdefault(own, said) != said:
            raise SourceError(f"{row.place}: `{own}` stands there twice and asks different things")
    return found


def rows(content: dict[str, Any], asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A trace for each choice of an answer. Raises BadRow for a failure and an unknown request."""
    own = str(content["custom_id"])
    if own not in asked:
        raise BadRow("unknown_problem", f"`requests` has no request `{own}`")
    response = content.get("response") or {}
    if content.get("error") or response.get("status_code") != 200:
        why = content.get("error") or response.get("body") or "no response"
        raise BadRow("malformed", f"request `{own}` failed: {why!r:.200}")
    body = response["body"]
    usage = body.get("usage") or {}
    details = usage.get("completion_tokens_details") or {}
    alone = len(body["choices"]) == 1  # tokens are told of all choices together
    for choice in body["choices"]:
        yield {
            "problem": asked[own],
            "trace": [choice["message"]],
            "teacher": body.get("model"),
            "finish_reason": choice.get("finish_reason"),
            "prompt_tokens": usage.get("prompt_tokens"),
            "completion_tokens": usage.get("completion_tokens") if alone else None,
            "reasoning_tokens": details.get("reasoning_tokens") if alone else None,
        }
