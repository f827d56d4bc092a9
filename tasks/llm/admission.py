"""Admission: how much may be in flight, counted in expected tokens, longest first.

A server is full when its KV cache is: a batch of few long traces fills it as well as one of many
short ones. So the sum of the expected tokens in flight is kept under what the server holds, and not
the number of requests. Among the requests that wait, the longest goes first, so that no long one is
left to run alone at the end (the longest-processing-time rule; Graham 1969).

The server's `/metrics` say what it holds and how it fares; the limit follows them as TCP follows
its network: up by a tenth while nothing waits at the server and the limit is what holds us back,
down by a tenth when it had to preempt. Where there are no metrics, a fixed count holds.
"""

import asyncio
import heapq
import math
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

from prometheus_client.parser import text_string_to_metric_families

QUEUE_SHARE = 0.1
"""Share of the running requests that may wait at the server, to take a free place at once."""

WINDOW = 512
"""Requests that wait to be ordered by length; more of the pool is read when they are fewer."""

NOWHERE = -1
"""The place of those who still waited when the doors closed."""


@dataclass(frozen=True)
class Load:
    """What a vLLM server's metrics say. `capacity`: tokens its KV cache holds, or None."""

    running: float
    waiting: float
    cache: float
    preemptions: float
    capacity: float | None


def load_of(text: str) -> Load | None:
    """Read the metrics of a server; None if they are not vLLM's."""
    sums: dict[str, float] = {}
    capacity = None
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
            if sample.name == "vllm:cache_config_info":
                try:
                    blocks = int(sample.labels["num_gpu_blocks"])
                    capacity = (capacity or 0) + blocks * int(sample.labels["block_size"])
                except (KeyError, ValueError):  # "None" before the first profile run
                    pass
    if "vllm:num_requests_running" not in sums:
        return None
    cache = sums.get("vllm:kv_cache_usage_perc", sums.get("vllm:gpu_cache_usage_perc", 0.0))
    return Load(
        running=sums["vllm:num_requests_running"],
        waiting=sums.get("vllm:num_requests_waiting", 0.0),
        cache=cache,
        preemptions=sums.get("vllm:num_preemptions_total", 0.0),
        capacity=capacity,
    )


@dataclass
class Gate:
    """The door of one replica. `limit` is in tokens once metrics were seen, else in requests."""

    count: int
    limit: float = math.inf
    tokens: float = 0.0
    requests: int = 0
    up: bool = True
    seen: Load | None = None

    def room(self, expected: float) -> float:
        """How free it is, 1 when empty; at most 0 where the request does not fit."""
        if not self.up:
            return 0.0
        if self.requests == 0:
            return 1.0
        if self.seen is None:
            return 1 - self.requests / self.count
        if self.tokens + expected > self.limit:
            return 0.0
        return 1 - self.tokens / self.limit

    def observe(self, load: Load) -> None:
        """Move the limit by what the server says."""
        before, self.seen = self.seen, load
        if before is None:
            # Without a stated capacity: as if what runs now filled the share of cache that it does.
            known = load.capacity or (self.tokens / load.cache if load.cache > 0.05 else None)
            self.limit = known or max(self.tokens, 1.0) * 2
        elif load.preemptions > before.preemptions:
            self.limit *= 0.9
        elif load.waiting > QUEUE_SHARE * load.running + 1:
            # More waits than free places need: the queue is ours to order, not the server's.
            allowed = (1 + QUEUE_SHARE) * load.running + 1
            self.limit = self.tokens * allowed / (load.running + load.waiting)
        elif self.tokens > 0.8 * self.limit:
            self.limit *= 1.1


@dataclass(order=True)
class _Waiter:
    rank: tuple[float, int]
    expected: float = field(compare=False)
    granted: "asyncio.Future[int]" = field(compare=False)


class Admission:
    """The doors of all replicas and the one queue before them."""

    def __init__(self, gates: list[Gate]) -> None:
        self.gates = gates
        self.queue: list[_Waiter] = []
        self.counter = 0
        self.closed: Exception | None = None
        self.shut = asyncio.Event()
        self.drained = asyncio.Event()
        self.shallow = asyncio.Event()
        self.shallow.set()

    async def enter(self, expected: float) -> int:
        """Wait for a place for so many expected tokens; returns the number of the replica.

        Raises what `close` was given once nobody is inside any more.
        """
        if self.closed:
            await self.ended()
        self.counter += 1
        granted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        heapq.heappush(self.queue, _Waiter((-expected, self.counter), expected, granted))
        self.admit()
        if len(self.queue) >= WINDOW:
            self.shallow.clear()
        try:
            place = await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled() and granted.result() != NOWHERE:
                self.leave(granted.result(), expected)
            raise
        if place == NOWHERE:
            await self.ended()
        return place

    def leave(self, replica: int, expected: float) -> None:
        """Give the place back."""
        gate = self.gates[replica]
        gate.tokens -= expected
        gate.requests -= 1
        if self.closed:
            self._see_drained()
        else:
            self.admit()

    def admit(self) -> None:
        """Let in who fits, longest first; who does not fit holds those behind it."""
        self._let_in()
        if len(self.queue) < WINDOW:
            self.shallow.set()

    def _let_in(self) -> None:
        while self.queue:
            first = self.queue[0]
            if first.granted.done():  # cancelled while it waited
                heapq.heappop(self.queue)
                continue
            rooms = [gate.room(first.expected) for gate in self.gates]
            best = max(range(len(rooms)), key=rooms.__getitem__)
            if rooms[best] <= 0:
                return
            heapq.heappop(self.queue)
            self.gates[best].tokens += first.expected
            self.gates[best].requests += 1
            first.granted.set_result(best)

    def close(self, why: Exception) -> None:
        """Let nobody in any more. Who is inside may finish; who waits gets the reason after that,
        so that no answer which is on its way is cancelled by another's error.
        """
        if self.closed:
            return
        self.closed = why
        for waiter in self.queue:
            if not waiter.granted.done():
                waiter.granted.set_result(NOWHERE)
        self.queue.clear()
        self.shut.set()
        self.shallow.set()
        self._see_drained()

    async def ended(self) -> NoReturn:
        """Wait until nobody is inside, and raise the reason of the end."""
        await self.drained.wait()
        assert self.closed
        raise self.closed

    async def pause(self, seconds: float) -> None:
        """Sleep, but no longer than until the doors close."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.shut.wait(), seconds)

    def _see_drained(self) -> None:
        if not any(gate.requests for gate in self.gates):
            self.drained.set()
