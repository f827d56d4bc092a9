"""One request to an OpenAI-compatible server: the JSON that answers it, or a typed failure."""

import asyncio
import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import orjson
from yarl import URL

from tasks.llm.http.refusals import complaint_of, kind_of
from tasks.llm.http.stream import Assembly

DETAIL = 500
"""Characters of a server's complaint that are kept."""

HALTED = "halted"
"""The kind of a request that was broken off because the run ends; never written to a table."""

IDLE = 300.0
"""Seconds without a word after which a stream counts as broken."""

WAITS = 600.0
"""Seconds of a Retry-After that are honoured, at most."""

SECRET = 12
"""Characters from which a key is hidden in answers too. A shorter one may be a word ("EMPTY"), and
is hidden in errors alone."""


class Failure(Exception):
    """A request that failed: `kind` is a key of `FAILURES`, one of `refusals.ENDS`, `refused`
    (nobody listens) or HALTED.

    `after`: seconds that the server asked to wait (Retry-After), or None.
    """

    def __init__(self, kind: str, detail: str, after: float | None = None) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail, self.after = kind, detail[:DETAIL], after


class Wire:
    """A session that hides keys, follows no redirect elsewhere, and can be told to end."""

    def __init__(self, session: aiohttp.ClientSession, secrets: Iterable[str] = ()) -> None:
        self.session = session
        self.secrets = sorted(filter(None, secrets), key=len, reverse=True)
        self.long = [secret.encode() for secret in self.secrets if len(secret) >= SECRET]
        self.limits: set[asyncio.Timeout] = set()
        self.halted = False

    def hide(self, text: str) -> str:
        """The text without the keys that were sent."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def break_off(self, seconds: float) -> None:
        """Give what is under way so many seconds more. A stream keeps what it has by then."""
        self.halted = True
        end = asyncio.get_running_loop().time() + seconds
        for limit in self.limits:
            when = limit.when()
            if not limit.expired() and (when is None or when > end):
                limit.reschedule(end)

    async def post(self, url: str, body: dict[str, Any], deadline: float) -> Any:
        """The JSON that answers a request. Raises Failure; `deadline` is in seconds.

        A stream that breaks, or is broken off, answers with what had come and `interrupted`.
        """
        if self.halted:
            raise Failure(HALTED, "the run ends")
        stream = Assembly()
        try:
            async with asyncio.timeout(deadline) as limit:
                self.limits.add(limit)
                try:
                    status, data, after = await self._exchange(url, body, stream)
                finally:
                    self.limits.discard(limit)
        except TimeoutError:
            if stream.begun:
                return stream.answer()
            if self.halted:
                raise Failure(HALTED, "the run ends") from None
            raise Failure("timeout", f"no answer in {deadline:.0f} s") from None
        except aiohttp.ClientConnectorError as error:
            raise Failure("refused", self.hide(str(error))) from None
        except (aiohttp.ClientError, OSError) as error:
            if stream.begun:
                return stream.answer()
            raise Failure("connection", self.hide(repr(error))) from None
        if status != 200:
            text = self.hide(data.decode("utf-8", "replace"))
            raise Failure(kind_of(status, text), f"HTTP {status}: {text}", seconds_of(after))
        answer = stream.answer() if stream.seen else self._parsed(data)
        complaint = complaint_of(answer)
        if complaint:
            status, text = complaint[0], self.hide(complaint[1])
            raise Failure(kind_of(status, text), f"{status} inside HTTP 200: {text}")
        return answer

    async def get(self, url: str, seconds: float) -> tuple[int, str]:
        """Status and text of a GET. Raises aiohttp.ClientError, OSError, TimeoutError."""
        timeout = aiohttp.ClientTimeout(seconds)
        async with self.session.get(url, timeout=timeout, allow_redirects=False) as answer:
            return answer.status, self.hide((await answer.read()).decode("utf-8", "replace"))

    async def _exchange(
        self, url: str, body: dict[str, Any], stream: Assembly
    ) -> tuple[int, bytes, str | None]:
        """Status, body and Retry-After; what comes as a stream goes to `stream`."""
        for _ in range(3):
            async with self.session.post(
                url, data=orjson.dumps(body), allow_redirects=False
            ) as answer:
                if answer.status in (301, 302, 307, 308):
                    to = URL(url).join(URL(answer.headers.get("Location", "")))
                    if to.origin() != URL(url).origin():
                        raise Failure(
                            "redirected",
                            f"HTTP {answer.status}: it redirects to {to.origin()}, which the key "
                            "is not for; if that is right, name it as `endpoint`",
                        )
                    url = str(to)
                    continue
                if answer.status == 200 and answer.content_type == "text/event-stream":
                    await self._listen(answer, stream)
                    return 200, b"", None
                return answer.status, await answer.read(), answer.headers.get("Retry-After")
        raise Failure("redirected", "it redirects in a circle")

    async def _listen(self, answer: aiohttp.ClientResponse, stream: Assembly) -> None:
        rest = b""
        while chunk := await asyncio.wait_for(answer.content.readany(), IDLE):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"data:") and line[5:].strip() not in (b"", b"[DONE]"):
                    try:
                        stream.add(self._parsed(line[5:]))
                    except (TypeError, AttributeError) as error:
                        raise Failure("malformed", f"{error!r}: {self.hide(str(line))}") from None

    def _parsed(self, data: bytes) -> Any:
        """JSON as servers write it: a BOM, NaN and lone surrogates pass. Raises Failure."""
        for secret in self.long:
            data = data.replace(secret, b"***")
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass
        try:
            return json.loads(data.decode("utf-8-sig", "replace"), strict=False)
        except (ValueError, RecursionError) as error:
            told = self.hide(repr(data[: DETAIL // 2]))
            raise Failure("malformed", f"{error}: {told}") from None


def seconds_of(after: str | None) -> float | None:
    """Retry-After: a number of seconds, or a date (RFC 9110, 10.2.3), up to WAITS; else None."""
    if after is None:
        return None
    try:
        seconds = float(after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(0.0, seconds), WAITS) if math.isfinite(seconds) else None


class Speed:
    """Tokens per second of one stream as seen so far, for the deadline of the next request.

    The slow end counts: the estimate follows slower streams at once and faster ones slowly.
    """

    FIRST = 40.0
    """Tokens per second that are assumed before anything was seen. With the margin of four a first
    request of 16,384 tokens gets 28 minutes, which 10 tokens per second keep."""

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

    def deadline(self, max_tokens: int, missed: int = 0) -> float:
        """Seconds after which a request of `max_tokens` is given up: four times the expectation,
        twice as long after each deadline `missed`, and never more than LONGEST.
        """
        expected = SHORTEST + 4 * max_tokens / (self.slowest or self.FIRST)
        return float(min(expected * 2**missed, LONGEST))


SHORTEST = 30.0
"""Seconds that every request gets, for the queue and the prompt."""

LONGEST = 7200.0
"""Seconds that no attempt is waited for longer: 32,768 tokens at 4.6 tokens per second."""
