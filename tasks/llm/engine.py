"""The engine: requests in, completions out, over the replicas of one teacher.

`submit` takes one request through admission, sends it, tries again what another attempt may heal,
and always returns: an answer or a typed failure. Only what no request of the run could survive (no
key, no such model, no server left) is raised. Generation and `ask` are both written on top of it.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import aiohttp
import orjson

from schemas.errors import LongcotError, TeacherError
from schemas.finish_reasons import ending
from schemas.teachers import Served
from schemas.vocabulary import HEALS, State
from tasks.llm import stop
from tasks.llm.admission import Admission, Gate, load_of
from tasks.llm.http.client import HALTED, Failure, Speed, Wire
from tasks.llm.http.refusals import ENDS, kind_of
from tasks.llm.http.replies import Reply, reply_of

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


LISTING = 10.0
"""Seconds that a server may take to list its models."""

HANGS = 3
"""Attempts of which none met its deadline; each had twice the time of the one before."""

UNPROVEN = {"not_found": 3, "forbidden": 3}
"""What may mean the address or the key as well as the request, until the server has answered
anything; and the attempts after which it does."""

LAST_SECONDS = 15.0
"""Seconds that answers which are under way get when another request ends the run."""


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

    @property
    def unread(self) -> tuple[str, ...]:
        """Metadata that was there and could not be read."""


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
    unread: Counter[str] = field(default_factory=Counter)

    def count(self, reply: Answered) -> None:
        """Count an answer."""
        self.done += 1
        self.prompt_tokens += reply.prompt_tokens or 0
        self.completion_tokens += reply.completion_tokens or 0
        self.truncated += ending(reply.finish_reason) == State.TRUNCATED
        self.unread.update(reply.unread)


class Engine:
    """The running connection to a teacher. Made by `engine()`."""

    def __init__(self, teacher: Served, urls: list[str], wire: Wire) -> None:
        self.teacher, self.urls, self.wire = teacher, urls, wire
        self.admission = Admission([Gate(teacher.in_flight) for _ in urls])
        self.speed, self.meter = Speed(), Meter()
        self.down_since: float | None = None
        self.watchers: dict[int, asyncio.Task[None]] = {}
        self.listed: list[str] = []

    async def submit(self, request: Request) -> Completion:
        """Ask for a completion; otherwise as `send`."""
        if not self.teacher.stream:
            return await self.send(request, reply_of)
        body = {**request.body, "stream": True, "stream_options": {"include_usage": True}}
        return await self.send(request._replace(body=body), reply_of)

    async def send(self, request: Request, read: Callable[[Any], R]) -> Ended[R]:
        """Send a request until it is answered or has failed for good.

        `read` makes the reply of the JSON that answered; it raises ValueError where it is none.
        Raises TeacherError where no request could survive, and what `halt` was given.
        """
        began, failed = time.time(), Counter[str]()
        while True:
            replica = await self.admission.enter(request.expected)
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
        url = f"{self.urls[replica]}/{request.path}"
        answer = await self.wire.post(url, body, self.speed.deadline(limit, missed))
        try:
            reply = read(answer)
        except ValueError as error:
            raise Failure("malformed", self.wire.hide(str(error))) from None
        if reply.finish_reason in ("abort", "error"):
            raise Failure("server_error", f"the server gave up: {reply.finish_reason}")
        return reply

    def halt(self, why: LongcotError, seconds: float) -> None:
        """End the run with an error: nothing new is sent, what is under way gets `seconds`."""
        self.admission.close(why)
        self.wire.break_off(seconds)

    def _judge(self, failure: Failure, failed: Counter[str], replica: int) -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none."""
        kind = failure.kind
        if kind == HALTED:
            return 0.0  # `enter` raises the reason
        if kind in ENDS or self._nothing_here(failure, failed):
            self.halt(self._end(failure, replica), LAST_SECONDS)
            return 0.0
        if kind == "refused":
            self._mark_down(replica, failure)
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
        served = any(same_model(self.teacher.model, name) for name in self.listed)
        if failure.kind == "not_found" and self.listed:
            return not served
        return failed[failure.kind] >= UNPROVEN[failure.kind] and not served

    def _end(self, failure: Failure, replica: int) -> TeacherError:
        url, name = self.urls[replica], f"teacher {self.teacher.name}"
        kept = "Everything received is kept; what is missing is asked for by the next build"
        if failure.kind == "out_of_money":
            return TeacherError(f"{name}: {url}: no money left: {failure.detail}. {kept}")
        if failure.kind == "not_found" and self.listed:
            return TeacherError(
                f"{name}: {url} serves no model {self.teacher.model!r}; it serves "
                f"{', '.join(self.listed[:10])}"
            )
        return TeacherError(
            f"{name}: {url} refuses every request: {failure.detail}. Check `model`, `endpoint` and "
            f"the variable that `key_env` names. {kept}"
        )

    def _wrong_recipe(self, failure: Failure) -> None:
        refused = self.meter.failures.total()
        if failure.kind not in HEALS and not self.meter.done and refused >= REFUSED_FIRST:
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
                if (await self.wire.get(f"{self.urls[replica]}/models", 10))[0] < 500:
                    break
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            if self.down_since is not None and time.monotonic() - self.down_since > PATIENCE:
                self.halt(
                    TeacherError(
                        f"teacher {self.teacher.name}: no server answers since {PATIENCE:.0f} s "
                        f"({failure.detail}). Everything received is kept; start the server "
                        "and run again"
                    ),
                    LAST_SECONDS,
                )
                return
        self.admission.gates[replica].up = True
        self.down_since = None
        self.admission.admit()

    async def check(self) -> None:
        """Ask each replica for its models, so that a wrong address is told at once.

        A replica that does not listen is down, and looked at until it is up; one that listens and
        does not list is asked as it is. Raises TeacherError where none listens, the key is
        refused, or the server is another one.
        """
        looks = await asyncio.gather(*map(self._look, range(len(self.urls))))
        silent = [(n, look) for n, look in enumerate(looks) if isinstance(look, Exception)]
        if len(silent) == len(looks):
            raise TeacherError(
                f"teacher {self.teacher.name}: nothing answers at {', '.join(self.urls)}: "
                f"{self.wire.hide(str(silent[0][1]))}"
            )
        for number, error in silent:
            print(
                f"longcot: {self.teacher.name}: nothing answers at {self.urls[number]} "
                f"({self.wire.hide(str(error))}); going on with the others",
                file=sys.stderr,
            )
            self._mark_down(number, Failure("refused", str(error)))
        for number, look in enumerate(looks):
            if isinstance(look, Exception) or look is None:
                continue
            status, text = look
            kind = kind_of(status, text) if status != 200 else ""
            if kind in ENDS or status == 403:
                raise self._end(Failure(kind, f"HTTP {status}: {text}"), number)
            self.listed += models_of(text) if status == 200 else []

    async def _look(self, replica: int) -> tuple[int, str] | OSError | aiohttp.ClientError | None:
        """The answer to GET /models; an error where nobody listens, None where it hangs."""
        try:
            return await self.wire.get(f"{self.urls[replica]}/models", LISTING)
        except TimeoutError:  # it is an OSError
            return None
        except (aiohttp.ClientError, OSError) as error:
            return error

    async def watch(self) -> None:
        """Follow the replicas' metrics for as long as the engine runs."""
        roots = [url.removesuffix("/v1") for url in self.urls]
        while True:
            for root, gate in zip(roots, self.admission.gates, strict=True):
                if not gate.up:
                    continue
                try:
                    status, text = await self.wire.get(f"{root}/metrics", 10)
                    load = load_of(text) if status == 200 else None
                except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
                    load = None
                if load:
                    gate.observe(load)
            self.admission.admit()
            await asyncio.sleep(POLL)


def models_of(text: str) -> list[str]:
    """The ids in an answer to GET /models; empty where it is none."""
    try:
        return [str(model["id"]) for model in orjson.loads(text)["data"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []


def same_model(one: str, other: str) -> bool:
    """Whether two names may mean one model: `models/gemini-x`, `Org/Model`, `model:latest`."""

    def plain(name: str) -> str:
        return name.lower().removesuffix(":latest").rpartition("/")[2]

    return plain(one) == plain(other)


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
        await running.check()
        watch = asyncio.create_task(running.watch())
        try:
            with stop.heard(running.halt):
                yield running
        finally:
            for job in (watch, *running.watchers.values()):
                job.cancel()
            await asyncio.gather(watch, *running.watchers.values(), return_exceptions=True)
            tell_unread(teacher.name, running.meter)


def headers_of(teacher: Served) -> tuple[dict[str, str], list[str]]:
    """The headers of every request, and the secrets among them. Raises TeacherError."""
    headers, secrets = {"Content-Type": "application/json"}, []
    wanted = {**({"Authorization": teacher.key_env} if teacher.key_env else {})}
    for header, variable in {**wanted, **teacher.headers_env}.items():
        value = os.environ.get(variable, "").strip()
        if not value:
            raise TeacherError(
                f"teacher {teacher.name}: the environment variable {variable} is not set; "
                f"it must hold {'the API key' if variable == teacher.key_env else f'the {header}'}"
            )
        secrets.append(value)
        headers[header] = f"Bearer {value}" if variable == teacher.key_env else value
    return headers, secrets


def tell_unread(name: str, meter: Meter) -> None:
    """Say which metadata of the answers could not be read."""
    for what, count in sorted(meter.unread.items()):
        print(
            f"longcot: {name}: {count:,} answers whose {what} cannot be read; it is null there",
            file=sys.stderr,
        )
