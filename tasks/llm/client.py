"""One request to an OpenAI-compatible server: an answer, or a typed failure."""

import asyncio
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import aiohttp
import orjson

DETAIL = 500
"""Characters of a server's complaint that are kept."""

OVERFLOW = re.compile(r"context.{0,40}(length|window)|maximum.{0,30}tokens|too many tokens", re.I)
FILTERED = re.compile(r"content.?(filter|policy|management)", re.I)


class Reply(NamedTuple):
    """What a server answered. Token counts are None where it did not say."""

    reasoning: str | None
    content: str
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None


class Failure(Exception):
    """A request that failed: `kind` is a key of `FAILURES`, or refused, unauthorised, not_found.

    `after`: seconds that the server asked to wait (Retry-After), or None.
    """

    def __init__(self, kind: str, detail: str, after: float | None = None) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail, self.after = kind, detail[:DETAIL], after


async def post(
    session: aiohttp.ClientSession, url: str, body: dict[str, Any], deadline: float
) -> Any:
    """The JSON that answers a request. Raises Failure; `deadline` is in seconds."""
    try:
        async with asyncio.timeout(deadline):
            async with session.post(url, data=orjson.dumps(body)) as answer:
                data = await answer.read()
                status, after = answer.status, answer.headers.get("Retry-After")
    except TimeoutError:
        raise Failure("timeout", f"no answer in {deadline:.0f} s") from None
    except aiohttp.ClientConnectorError as error:
        raise Failure("refused", str(error)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise Failure("connection", repr(error)) from None
    if status != 200:
        text = data.decode("utf-8", "replace")
        raise Failure(kind_of(status, text), f"HTTP {status}: {text}", seconds_of(after))
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Failure("malformed", f"{error}: {data[:200]!r}") from None


def kind_of(status: int, text: str) -> str:
    """The failure behind an HTTP status and the server's words."""
    if status in (401, 403):
        return "unauthorised"
    if status == 404:
        return "not_found"
    if status == 429:
        return "rate_limited"
    if status == 408:
        return "timeout"
    if status >= 500:
        return "server_error"
    if OVERFLOW.search(text):
        return "context_overflow"
    return "content_filter" if FILTERED.search(text) else "bad_request"


def seconds_of(after: str | None) -> float | None:
    """Retry-After: a number of seconds, or a date (RFC 9110, 10.2.3); None if neither."""
    if after is None:
        return None
    try:
        return max(0.0, float(after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def reply_of(answer: Any) -> Reply:
    """The first choice of a chat or text completion. Raises Failure where it is not one."""
    try:
        choice = answer["choices"][0]
        usage = answer.get("usage") or {}
        details = usage.get("completion_tokens_details") or {}
        message = choice.get("message")
        if message is None:
            reasoning, content = None, choice["text"]
        else:
            # vLLM says `reasoning` since 2025-10; older ones and DeepSeek `reasoning_content`.
            reasoning = message.get("reasoning") or message.get("reasoning_content")
            content = message.get("content") or message.get("refusal")
        finish = choice.get("finish_reason")
        if finish in ("abort", "error"):
            raise Failure("server_error", f"the server gave up: {finish}")
        counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
        counts.append(details.get("reasoning_tokens"))
        for text in (reasoning, content, finish):
            if not isinstance(text, str | None):
                raise TypeError(f"{type(text).__name__} where text is promised")
        if any(not isinstance(count, int | None) for count in counts):
            raise TypeError("a token count that is no number")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise Failure("malformed", f"{error!r} in {str(answer)[:200]}") from None
    return Reply(reasoning or None, content or "", finish, *counts)


class Speed:
    """Tokens per second of one stream as seen so far, for the deadline of the next request.

    The slow end counts: the estimate follows slower streams at once and faster ones slowly.
    """

    FIRST = 2.0
    """Tokens per second that are assumed before anything was seen: a big model under full load."""

    def __init__(self) -> None:
        self.slowest: float | None = None

    def learn(self, tokens: int, seconds: float) -> None:
        """Count a finished request of at least a few tokens."""
        if tokens < 8 or seconds <= 0:
            return
        seen = tokens / seconds
        if self.slowest is None or seen < self.slowest:
            self.slowest = seen
        else:
            self.slowest += 0.01 * (seen - self.slowest)

    def deadline(self, max_tokens: int) -> float:
        """Seconds after which a request of `max_tokens` is given up: four times the expectation."""
        return SHORTEST + 4 * max_tokens / (self.slowest or self.FIRST)


SHORTEST = 30.0
"""Seconds that every request gets, for the queue and the prompt."""
