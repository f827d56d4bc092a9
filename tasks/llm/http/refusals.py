"""What a server's complaint means: one of the failures of schemas/vocabulary.py, or the run's end.

Servers agree on little: the same complaint comes as 400, 413, 422 or 429, or inside an HTTP 200.
Its words are read by what they speak of (a size and a limit; money; moderation), not by one pattern
for each server.
"""

import re
from typing import Any

ENDS = ("unauthorised", "out_of_money", "redirected")
"""What no request of the run could survive; never written to a table."""

SIZE = re.compile(
    # "Requested token count", "max_seq_len", "Input length", "your messages", "prompt is too long"
    r"tokens?\b|\bcontext\b|\bprompts?\b|\binputs?\b|\bmessages\b|\bsequence|max_seq_len|session",
    re.I,
)
BEYOND = re.compile(
    # "exceeds", "is too long: 9 tokens > 8 maximum", "is longer than", "must be <= 8",
    # "must have less than 8 tokens", "maximum context length is 8", "length should be [1, 8]"
    r"exceed|too (?:long|large|many|big)|(?:long|larg|great)er than|must be <=|must have less than"
    r"|maximum (?:\w+ )?length|max length|reduce the length|length should be|when context the over",
    re.I,
)
MONEY = re.compile(
    # insufficient_quota, "Insufficient Balance", "credit balance is too low", billing_not_active
    r"insufficient[ _](?:user[ _])?(?:quota|balance|credits?|funds)|credit balance|out of credits?"
    r"|billing[ _](?:hard[ _]limit|not[ _]active)|payment required|arrearage|overdue",
    re.I,
)
FILTERED = re.compile(
    # content_filter, content_policy_violation, "flagged by moderation", "safety settings"
    r"content[ _-]?(?:filter|policy|management)|moderat|flagged|safety|prohibited|sensitive"
    r"|inappropriate",
    re.I,
)
UNKNOWN_KEY = re.compile(
    # "Incorrect API key provided", "API key not valid. Please pass a valid API key."
    r"(?:invalid|incorrect|expired|revoked)[ _]api[ _-]?key|api key (?:is )?(?:not valid|expired)",
    re.I,
)


def kind_of(status: int, text: str) -> str:
    """The failure behind an HTTP status and the server's words."""
    if status == 402 or (status < 500 and MONEY.search(text)):
        return "out_of_money"
    if status == 401 or (status in (400, 403) and UNKNOWN_KEY.search(text)):
        return "unauthorised"
    if status in (409, 423, 425, 429):
        return "rate_limited"
    if status == 408:
        return "timeout"
    if status >= 500:
        return "server_error"
    if 300 <= status < 400:
        return "redirected"
    if status == 413 or (SIZE.search(text) and BEYOND.search(text)):
        return "context_overflow"
    if FILTERED.search(text):
        return "content_filter"
    return {403: "forbidden", 404: "not_found"}.get(status, "bad_request")


def complaint_of(answer: Any) -> tuple[int, str] | None:
    """The status and the words of an error inside an HTTP 200; None where there is none.

    Gateways put the error in the place of the answer (`{"error": {"code": 502, ...}}`), vLLM did
    (`{"object": "error", ...}`), and some put it beside the choice that it ended. An error
    that names no HTTP status counts as the server's own (500), which another attempt may heal,
    unless its words say that it would not.
    """
    if not isinstance(answer, dict):
        return None
    error = answer.get("error")
    choices = answer.get("choices")
    if not error and isinstance(choices, list) and choices and isinstance(choices[0], dict):
        error = choices[0].get("error")
    if not error and answer.get("object") == "error":
        error = answer
    if not error:
        return None
    text = str(error)
    told = error if isinstance(error, dict) else {}
    for name in ("code", "status", "status_code"):
        try:
            status = int(told.get(name) or 0)
        except (TypeError, ValueError, OverflowError):
            continue
        if 400 <= status < 600:
            return status, text
    hopeless = kind_of(400, text)
    return (500 if hopeless == "bad_request" else 400), text
