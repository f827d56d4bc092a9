"""The engine: requests in, completions out, over the replicas of one teacher.

`submit` takes one request through admission, sends it, tries again what another attempt may heal,
and always returns: an answer or a typed failure. Only what no request of the run could survive (no
key, no such model, no server left) is raised. Generation and `ask` are both written on top of it.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import aiohttp
import orjson

from schemas.errors import TeacherError
from schemas.teachers import Served
from schemas.vocabulary import HEALS
from tasks.llm.admission import Admission, Gate, load_of
from tasks.llm.client import Failure, Reply, Speed, post, reply_of

ATTEMPTS = 6
"""Attempts at one request, as datatrove's inference runner has it (run_inference.py)."""

LONGEST_WAIT = 60.0
"""Seconds between two attempts, at most, where the server names no time of its own."""

PATIENCE = 900.0
"""Seconds without one reachable replica after which the run gives up; what is done is kept."""

POLL = 2.0
"""Seconds between two looks at a replica's metrics, or at a replica that is down."""

REFUSED_FIRST = 32
"""So many first requests that are all refused mean that the recipe is wrong, not the rows."""


class Request(NamedTuple):
    """One request. `expected`: tokens it will hold in the server's cache, prompt and answer."""

    path: str
    body: dict[str, Any]
    expected: float


class Answered(Protocol):
    """What every answer tells, whatever was asked."""

    @property
    def finish_reason(self) -> str | None:
        """Why it ended; None where the server did not say."""

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens read; None where the server did not say."""

    @property
    def completion_tokens(self) -> int | None:
        """Tokens written; None where the server did not say, or wrote none."""


R = TypeVar("R", bound=Answered)


class Ended(NamedTuple, Generic[R]):
    """How a request ended: `reply`, or the kind of failure with its detail."""

    reply: R | None
    failure: str | None
    detail: str | None
    attempts: int
    started_at: float
    seconds: float


Completion = Ended[Reply]


@dataclass
class Meter:
    """What the run did so far; read by the progress line and the report."""

    began: float = field(default_factory=time.monotonic)
    done: int = 0
    in_flight: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: int = 0
    accepted: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)

    def count(self, reply: Answered) -> None:
        """Count an answer."""
        self.done += 1
        self.prompt_tokens += reply.prompt_tokens or 0
        self.completion_tokens += reply.completion_tokens or 0
        self.truncated += reply.finish_reason == "length"


class Engine:
    """The running connection to a teacher. Made by `engine()`."""

    def __init__(self, teacher: Served, urls: list[str], session: aiohttp.ClientSession) -> None:
        self.teacher, self.urls, self.session = teacher, urls, session
        self.admission = Admission([Gate(teacher.in_flight) for _ in urls])
        self.speed, self.meter = Speed(), Meter()
        self.down_since: float | None = None
        self.watchers: dict[int, asyncio.Task[None]] = {}

    async def submit(self, request: Request) -> Completion:
        """Ask for a completion; otherwise as `send`."""
        return await self.send(request, reply_of)

    async def send(self, request: Request, read: Callable[[Any], R]) -> Ended[R]:
        """Send a request until it is answered or has failed for good. Raises TeacherError.

        `read` makes the reply of the JSON that answered; it raises Failure where it is none.
        """
        attempt, began = 0, time.time()
        while True:
            replica = await self.admission.enter(request.expected)
            sent, clock = time.time(), time.monotonic()
            self.meter.in_flight += 1
            try:
                deadline = self.speed.deadline(request.body.get("max_tokens", 1))
                url = f"{self.urls[replica]}/{request.path}"
                reply = read(await post(self.session, url, request.body, deadline))
            except Failure as failure:
                attempt += failure.kind != "refused"
                wait = self._judge(failure, attempt, replica)
                if wait is None:
                    self.meter.failures[failure.kind] += 1
                    self._wrong_recipe(failure)
                    seconds = time.time() - began
                    return Ended(None, failure.kind, failure.detail, attempt, began, seconds)
                self.meter.retries[failure.kind] += 1
            else:
                seconds = time.monotonic() - clock
                self.speed.learn(reply.completion_tokens or 0, seconds)
                self.meter.count(reply)
                return Ended(reply, None, None, attempt + 1, sent, seconds)
            finally:
                self.meter.in_flight -= 1
                self.admission.leave(replica, request.expected)
            await asyncio.sleep(wait)

    def _judge(self, failure: Failure, attempt: int, replica: int) -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none."""
        if failure.kind in ("unauthorised", "not_found"):
            raise TeacherError(
                f"teacher {self.teacher.name}: {self.urls[replica]} refuses every request: "
                f"{failure.detail}. Check `model`, `endpoint` and the variable that `key_env` names"
            )
        if failure.kind == "refused":
            self._mark_down(replica, failure)
            return random.uniform(0, 0.2)
        if failure.kind not in HEALS or attempt >= ATTEMPTS:
            return None
        if failure.after is not None:
            return failure.after + random.uniform(0, 0.1 * failure.after + 0.1)
        # Full jitter, so that those who failed together do not come back together.
        return random.uniform(0, min(LONGEST_WAIT, 2.0**attempt))

    def _wrong_recipe(self, failure: Failure) -> None:
        refused = self.meter.failures.total()
        if failure.kind == "bad_request" and not self.meter.done and refused >= REFUSED_FIRST:
            raise TeacherError(
                f"teacher {self.teacher.name}: the first {refused} requests were all refused: "
                f"{failure.detail}"
            )

    def _mark_down(self, replica: int, failure: Failure) -> None:
        gate = self.admission.gates[replica]
        if gate.up:
            gate.up = False
            if not any(other.up for other in self.admission.gates):
                self.down_since = time.monotonic()
            self.watchers[replica] = asyncio.create_task(self._until_up(replica, failure))

    async def _until_up(self, replica: int, failure: Failure) -> None:
        """Look at a replica that is down until it answers; give up when all have been gone long."""
        while True:
            await asyncio.sleep(POLL)
            try:
                async with self.session.get(
                    f"{self.urls[replica]}/models", timeout=aiohttp.ClientTimeout(10)
                ) as answer:
                    if answer.status < 500:
                        break
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            if self.down_since is not None and time.monotonic() - self.down_since > PATIENCE:
                self.admission.close(
                    TeacherError(
                        f"teacher {self.teacher.name}: no server answers since {PATIENCE:.0f} s "
                        f"({failure.detail}). Everything received is kept; start the server "
                        "and run again"
                    )
                )
                return
        self.admission.gates[replica].up = True
        self.down_since = None
        self.admission.admit()

    async def check(self) -> None:
        """Ask each replica for its models, so that a wrong address is told at once.

        Raises TeacherError where nothing answers, the key is refused, or the model is not served.
        """
        for url in self.urls:
            try:
                async with self.session.get(
                    f"{url}/models", timeout=aiohttp.ClientTimeout(30)
                ) as answer:
                    status, text = answer.status, await answer.text()
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                raise TeacherError(
                    f"teacher {self.teacher.name}: nothing answers at {url}: {error}"
                ) from None
            if status in (401, 403):
                self._judge(Failure("unauthorised", f"HTTP {status}: {text}"), 1, 0)
            served = models_of(text) if status == 200 else []
            if served and self.teacher.model not in served:
                raise TeacherError(
                    f"teacher {self.teacher.name}: {url} serves no model {self.teacher.model!r}; "
                    f"it serves {', '.join(served[:10])}"
                )

    async def watch(self) -> None:
        """Follow the replicas' metrics for as long as the engine runs."""
        roots = [url.removesuffix("/v1") for url in self.urls]
        while True:
            for root, gate in zip(roots, self.admission.gates, strict=True):
                if not gate.up:
                    continue
                try:
                    async with self.session.get(
                        f"{root}/metrics", timeout=aiohttp.ClientTimeout(10)
                    ) as answer:
                        load = load_of(await answer.text()) if answer.status == 200 else None
                except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
                    load = None
                if load:
                    gate.observe(load)
            self.admission.admit()
            await asyncio.sleep(POLL)


def models_of(text: str) -> list[str]:
    """The ids in an answer to GET /models; empty where it is none."""
    try:
        return [model["id"] for model in orjson.loads(text)["data"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []


@asynccontextmanager
async def engine(teacher: Served, urls: list[str]) -> AsyncIterator[Engine]:
    """An engine for a teacher that is served at these base URLs. Raises TeacherError."""
    headers = {"Content-Type": "application/json"}
    if teacher.key_env:
        key = os.environ.get(teacher.key_env)
        if not key:
            raise TeacherError(
                f"teacher {teacher.name}: the environment variable {teacher.key_env} is not set; "
                "it must hold the API key"
            )
        headers["Authorization"] = f"Bearer {key}"
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=30)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, headers=headers
    ) as session:
        running = Engine(teacher, [url.rstrip("/") for url in urls], session)
        await running.check()
        watch = asyncio.create_task(running.watch())
        try:
            yield running
        finally:
            for job in (watch, *running.watchers.values()):
                job.cancel()
            await asyncio.gather(watch, *running.watchers.values(), return_exceptions=True)
