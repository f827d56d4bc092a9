"""The engine: requests in, completions out, over the replicas of one teacher.

`submit` takes one request through admission, sends it, tries again what another attempt may heal,
and always returns: an answer or a typed failure. Only what no request of the run could survive (no
key, no such model, no server left) is raised. Generation and `ask` are both written on top of it.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from schemas.errors import TeacherError
from schemas.recipe.teachers import Asked, Served
from schemas.vocabulary import HEALS
from tasks.llm.ending import budget, stop
from tasks.llm.http.client import HALTED, Failure, Speed, Wire
from tasks.llm.http.headers import headers_of
from tasks.llm.http.refusals import ENDS
from tasks.llm.http.replies import reply_of
from tasks.llm.replicas import LAST_SECONDS, Replicas
from tasks.llm.requests import Completion, Ended, Meter, R, Request

ATTEMPTS = 6
"""Attempts at one request, as datatrove's inference runner has it (run_inference.py)."""

LONGEST_WAIT = 60.0
"""Seconds between two attempts, at most, where the server names no time of its own."""

REFUSED_FIRST = 32
"""So many first requests that are all refused mean that the recipe is wrong, not the rows."""

HANGS = 3
"""Attempts of which none met its deadline; each had twice the time of the one before."""

UNPROVEN = {"not_found": 3, "forbidden": 3}
"""What may mean the address or the key as well as the request, until the server has answered
anything; and the attempts after which it does."""


class Engine:
    """The running connection to a teacher. Made by `engine()`."""

    def __init__(self, teacher: Served, urls: list[str], wire: Wire) -> None:
        self.teacher, self.wire = teacher, wire
        self.replicas = Replicas(teacher, urls, wire)
        self.admission = self.replicas.admission
        self.speed, self.meter = Speed(), Meter()

    async def submit(self, request: Request) -> Completion:
        """Ask for a completion; otherwise as `send`."""
        if not self.teacher.stream:
            return await self.send(request, reply_of)
        body = {**request.body, "stream": True, "stream_options": {"include_usage": True}}
        return await self.send(request._replace(body=body), reply_of)

    async def send(self, request: Request, read: Callable[[Any], R]) -> Ended[R]:
        """Send a request until it is answered or has failed for good.

        `read` makes the reply of the JSON that answered; it raises ValueError where it is none.
        Raises TeacherError where no request could survive, what `Replicas.halt` was given, and
        NotBought where the budget is spent.
        """
        began, failed = time.time(), Counter[str]()
        while True:
            new = not failed and not request.begun
            if new and budget.reached():
                raise budget.NotBought
            replica = await self.admission.enter(request.expected)
            if new and budget.reached():  # while it waited
                self.admission.leave(replica, request.expected)
                raise budget.NotBought
            sent, clock = time.time(), time.monotonic()
            self.meter.in_flight += 1
            try:
                reply = await self._attempt(replica, request, read, failed["timeout"])
            except Failure as failure:
                failed[failure.kind] += 1
                attempts = failed.total() - failed["refused"]
                wait = self._judge(failure, failed, replica)
                if wait is None:
                    self.meter.failures[failure.kind] += 1
                    self._wrong_recipe(failure)
                    seconds = time.time() - began
                    return Ended(None, failure.kind, failure.detail, attempts, began, seconds)
                self.meter.retries[failure.kind] += 1
            else:
                seconds = time.monotonic() - clock
                self.speed.learn(reply.completion_tokens or 0, seconds)
                self.meter.count(reply)
                if isinstance(self.teacher, Asked):
                    budget.count(self.teacher, reply.prompt_tokens, reply.completion_tokens)
                attempts = failed.total() - failed["refused"] + 1
                return Ended(reply, None, None, attempts, sent, seconds)
            finally:
                self.meter.in_flight -= 1
                self.admission.leave(replica, request.expected)
            await self.admission.pause(wait)

    async def _attempt(
        self, replica: int, request: Request, read: Callable[[Any], R], missed: int
    ) -> R:
        body = request.body
        limit = body.get("max_completion_tokens") or body.get("max_tokens", 1)
        url = f"{self.replicas.urls[replica]}/{request.path}"
        answer = await self.wire.post(url, body, self.speed.deadline(limit, missed))
        try:
            reply = read(answer)
        except ValueError as error:
            raise Failure("malformed", self.wire.hide(str(error))) from None
        if reply.finish_reason in ("abort", "error"):
            raise Failure("server_error", f"the server gave up: {reply.finish_reason}")
        return reply

    def _judge(self, failure: Failure, failed: Counter[str], replica: int) -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none."""
        kind = failure.kind
        if kind == HALTED:
            return 0.0  # `enter` raises the reason
        if kind in ENDS or self._nothing_here(failure, failed):
            self.replicas.halt(self.replicas.refusal(failure, replica), LAST_SECONDS)
            return 0.0
        if kind == "refused":
            self.replicas.mark_down(replica, failure)
            return random.uniform(0, 0.2)
        healing = kind in HEALS or (kind in UNPROVEN and not self.meter.done)
        most = HANGS if kind == "timeout" else ATTEMPTS
        if not healing or failed[kind] >= most or failed.total() - failed["refused"] >= ATTEMPTS:
            return None
        if failure.after is not None:
            return failure.after + random.uniform(0, 0.1 * failure.after + 0.1)
        # Full jitter, so that those who failed together do not come back together.
        return random.uniform(0, min(LONGEST_WAIT, 2.0 ** failed.total()))

    def _nothing_here(self, failure: Failure, failed: Counter[str]) -> bool:
        """Whether the address or the model is wrong, and not this one request.

        A server that has answered anything, or that lists the model, has both.
        """
        if failure.kind not in UNPROVEN or self.meter.done:
            return False
        served = self.replicas.served()
        if failure.kind == "not_found" and self.replicas.listed:
            return not served
        return failed[failure.kind] >= UNPROVEN[failure.kind] and not served

    def _wrong_recipe(self, failure: Failure) -> None:
        refused = self.meter.failures.total()
        if failure.kind not in HEALS and not self.meter.done and refused >= REFUSED_FIRST:
            raise TeacherError(
                f"teacher {self.teacher.name}: the first {refused} requests were all refused: "
                f"{failure.detail}"
            )


@asynccontextmanager
async def engine(teacher: Served, urls: list[str]) -> AsyncIterator[Engine]:
    """An engine for a teacher that is served at these base URLs. Raises TeacherError."""
    headers, secrets = headers_of(teacher)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=30)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, headers=headers
    ) as session:
        running = Engine(teacher, [url.rstrip("/") for url in urls], Wire(session, secrets))
        replicas = running.replicas
        await replicas.check()
        watch = asyncio.create_task(replicas.watch())
        try:
            with stop.heard(replicas.halt):
                yield running
        finally:
            watch.cancel()
            await asyncio.gather(watch, replicas.close(), return_exceptions=True)
            running.meter.tell_unread(teacher.name)
