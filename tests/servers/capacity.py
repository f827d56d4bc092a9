"""How long answers take: streams share a server as they share a GPU, and a cache that fills up."""

import asyncio
import time
from dataclasses import dataclass, field

TICK = 0.02  # seconds between two looks at the streams


@dataclass(eq=False)
class Stream:
    """One request in the server: its prompt and output in tokens."""

    prompt: int
    output: int
    done: float = 0.0
    finished: asyncio.Event = field(default_factory=asyncio.Event)


class Capacity:
    """Streams of `rate` tokens/s each, `total` tokens/s together, `slots` at a time.

    The cache holds `cache` tokens, prompts and outputs. When it is full the stream that came
    last is put back to the head of the queue and begins again, as in vLLM.
    """

    def __init__(self, rate: float | None, total: float | None, slots: int, cache: int) -> None:
        self.rate, self.total, self.slots, self.cache = rate, total, slots, cache
        self.running: list[Stream] = []
        self.waiting: list[Stream] = []
        self.preemptions = 0
        self.clock: asyncio.Task[None] | None = None

    @property
    def used(self) -> float:
        """Tokens in the cache."""
        return sum(s.prompt + s.done for s in self.running)

    async def serve(self, prompt: int, output: int) -> None:
        """Return when a request of so many tokens has been answered."""
        if not self.rate and not self.total:
            return
        stream = Stream(prompt, output)
        self.waiting.append(stream)
        if self.clock is None or self.clock.done():
            self.clock = asyncio.create_task(self._tick())
        try:
            await stream.finished.wait()
        finally:  # also when the client has gone
            for queue in (self.running, self.waiting):
                if stream in queue:
                    queue.remove(stream)

    def _admit(self) -> None:
        while self.waiting and len(self.running) < self.slots:
            if self.running and self.used + self.waiting[0].prompt > self.cache:
                return
            self.running.append(self.waiting.pop(0))

    async def _tick(self) -> None:
        before = time.monotonic()
        while self.running or self.waiting:
            self._admit()
            await asyncio.sleep(TICK)
            now = time.monotonic()
            rate = min(
                self.rate or float("inf"), (self.total or float("inf")) / len(self.running or [1])
            )
            for stream in list(self.running):
                stream.done = min(stream.done + rate * (now - before), stream.output)
                if stream.done >= stream.output:
                    self.running.remove(stream)
                    stream.finished.set()
            before = now
            while len(self.running) > 1 and self.used > self.cache:
                last = self.running.pop()
                last.done = 0.0
                self.waiting.insert(0, last)
                self.preemptions += 1
