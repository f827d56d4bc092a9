"""A pool of killable workers: every item gets an answer, in order, within its deadline."""

import hashlib
import json
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Literal

from schemas.words import Verification
from verifiers import wire
from verifiers.crew import Worker, Zygote
from verifiers.kinds import answer_kind
from verifiers.outcome import outcome

Call = Literal["verify", "audit"]

BATCH = 64  # items sent to a worker at once: a round trip costs as much as ten fast items
BATCH_CHARACTERS = 2_000_000  # so that a batch of long responses stays a few megabytes
RECYCLE = 20_000  # items after which a worker is replaced, which bounds what its caches hold
STARVED = 3  # a worker that got under half of a CPU may take so many times the wall limit


class Pool:
    """Runs `verify` and `audit` in worker processes that are killed at their limits.

    `workers` is the number of processes (the machine's CPUs by default), `wall` the seconds one
    item may take (6.0: many times the slowest honest comparison) and `memory` the bytes of
    address space a worker may use (1.5 GB: room for a 50 MB response). An item over its limit is
    `undecided.timeout` or `undecided.memory`, one that crashes its worker is
    `undecided.worker_lost`; either costs one fork and nothing else. The pool remembers such items
    and answers them at once when they come again.

    Usable from any thread, from asyncio through `asyncio.to_thread`, and by several threads at
    once. No signal handlers and no alarms are set in the calling process.
    """

    def __init__(
        self, workers: int | None = None, wall: float = 6.0, memory: int = 1_500_000_000
    ) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.wall = wall
        self.memory = memory
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._zygote: Zygote | None = Zygote(memory)
        self._idle: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(None)  # forked when first needed
        self._fatal: dict[bytes, str] = {}
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="verifiers")

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def map(self, call: Call, items: Sequence[tuple[Any, ...]]) -> list[Verification]:
        """One `Verification` per item, in the order of `items`.

        Items are `(Problem, response)` for "verify" and `(Problem,)` for "audit". Raises
        RuntimeError on a closed pool and in a process that only inherited the pool by a fork.
        """
        if self._zygote is None or os.getpid() != self._owner:
            raise RuntimeError("this pool is closed, or belongs to another process")
        results: list[Verification] = []
        pending: deque[Future[list[Verification]]] = deque()
        for batch in _batches(items, self.workers):
            pending.append(self._threads.submit(self._run, call, batch))
            if len(pending) > 2 * self.workers:  # leave room in the queue for other callers
                results += pending.popleft().result()
        for future in pending:
            results += future.result()
        return results

    def close(self) -> None:
        """End all processes; calls under way finish first. Closing twice is harmless."""
        self._threads.shutdown(wait=True)
        with self._lock:
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()
            while not self._idle.empty():
                worker = self._idle.get()
                if worker is not None:
                    worker.sock.close()

    def _run(self, call: Call, batch: Sequence[tuple[Any, ...]]) -> list[Verification]:
        """All answers of one batch, on one worker and its successors."""
        worker = self._idle.get()
        done: list[Verification] = []
        try:
            while len(done) < len(batch):
                known = self._known(call, batch[len(done)])
                if known is not None:
                    done.append(known)
                    continue
                if worker is None or worker.served > RECYCLE:
                    worker = self._renew(worker)
                found, alive = self._converse(worker, call, batch[len(done) :])
                done += found
                worker = worker if alive else self._renew(worker)
            return done
        finally:
            self._idle.put(worker)

    def _converse(
        self, worker: Worker, call: Call, batch: Sequence[tuple[Any, ...]]
    ) -> tuple[list[Verification], bool]:
        """Answers up to the first item that ends the worker, and whether the worker lives."""
        found: list[Verification] = []
        try:
            worker.sock.settimeout(None)
            wire.send(worker.sock, [call, batch])
            for _ in batch:
                extracted, reason, name, seconds, worker.cpu, spent = self._reply(worker)
                found.append(outcome(reason, extracted, name, seconds))
                worker.served += 1
                if spent:
                    self._remember(call, batch[len(found) - 1], reason)
                    return found, False
        except TimeoutError:
            return [*found, self._lose(call, batch[len(found)], "undecided.timeout")], False
        except (EOFError, OSError):
            return [*found, self._lose(call, batch[len(found)], "undecided.worker_lost")], False
        return found, True

    def _reply(self, worker: Worker) -> Any:
        """The next reply; TimeoutError once the item had its time.

        A worker that got less than half of a CPU (a loaded machine) is given up to `STARVED`
        times the limit, so that a verdict does not depend on what else the machine does.
        """
        deadline = time.monotonic() + self.wall
        last = deadline + (STARVED - 1) * self.wall
        while True:
            worker.sock.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                head = worker.sock.recv(1, 2)  # MSG_PEEK
            except TimeoutError:
                spare = _cpu_seconds(worker.pid)
                if spare is None or spare - worker.cpu > self.wall / 2 or deadline >= last:
                    raise
                deadline = min(last, deadline + self.wall / 2)
                continue
            if not head:
                raise EOFError
            worker.sock.settimeout(self.wall)
            return wire.receive(worker.sock)

    def _renew(self, worker: Worker | None) -> Worker:
        """A fresh worker in place of `worker`; restarts the zygote when it was lost."""
        with self._lock:
            zygote = self._zygote
            assert zygote is not None, "close() waits for the threads that come here"
            try:
                if worker is not None:
                    zygote.kill(worker)
                return zygote.fork()
            except OSError:
                zygote.close()
                self._zygote = Zygote(self.memory)
                return self._zygote.fork()

    def _lose(self, call: Call, item: tuple[Any, ...], reason: str) -> Verification:
        self._remember(call, item, reason)
        seconds = self.wall if reason == "undecided.timeout" else 0.0
        return outcome(reason, None, _kind(item), seconds)

    def _remember(self, call: Call, item: tuple[Any, ...], reason: str) -> None:
        self._fatal[_digest(call, item)] = reason

    def _known(self, call: Call, item: tuple[Any, ...]) -> Verification | None:
        if not self._fatal:  # the usual case: no hashing of long responses
            return None
        reason = self._fatal.get(_digest(call, item))
        return None if reason is None else outcome(reason, None, _kind(item))


def _batches(items: Sequence[tuple[Any, ...]], workers: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Slices of `items`, small enough that all workers get some."""
    most = max(1, min(BATCH, -(-len(items) // (2 * workers))))
    start = characters = 0
    for index, item in enumerate(items):
        size = len(item[-1]) if isinstance(item[-1], str) else 0
        if index > start and (index - start >= most or characters + size > BATCH_CHARACTERS):
            yield items[start:index]
            start, characters = index, 0
        characters += size
    if start < len(items):
        yield items[start:]


def _kind(item: tuple[Any, ...]) -> str:
    """The verifier that an item would have gone to."""
    problem = item[0]
    return problem.answer_kind or answer_kind(problem.answer, problem.problem) or "none"


def _digest(call: str, item: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(json.dumps([call, item]).encode("ascii"), digest_size=16).digest()


def _cpu_seconds(pid: int) -> float | None:
    """CPU seconds that a process has used; None where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
