"""A pool of killable workers: every item gets an answer, in order, within its deadline."""

import hashlib
import json
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from types import TracebackType
from typing import Any, Literal

from schemas.vocabulary import Verification
from verifiers.base.outcome import outcome
from verifiers.dispatch import HEAVY
from verifiers.kinds.detect import answer_kind
from verifiers.kinds.programs.code.sandboxes import Bench
from verifiers.workers.batch import exchange
from verifiers.workers.fork_server_client import ForkServer, Worker
from verifiers.workers.program_items import is_program, run_item

Call = Literal["verify", "audit", "compare", "math-verify"]

BATCH = 64  # items sent to a worker at once: a round trip costs as much as ten fast items
BATCH_CHARACTERS = 2_000_000  # so that a batch of long responses stays a few megabytes
RECYCLE = 20_000  # items after which a worker is replaced, which bounds what its caches hold


class Pool:
    """Runs `verify`, `audit` and other graders in worker processes that are killed at their limits.

    `workers` is the number of processes (the machine's CPUs by default), `wall` the seconds one
    item may take (6.0: many times the slowest honest comparison) and `memory` the bytes of
    address space a worker may use (1.5 GB: room for a 50 MB response). An item over its limit is
    `undecided.timeout` or `undecided.memory`, one that crashes its worker is
    `undecided.worker_lost`; either costs one fork and nothing else. The pool remembers such items
    and answers them at once when they come again.

    `calls` names the module whose `CALLS` the workers run; only tests need another one.

    Usable from any thread, from asyncio through `asyncio.to_thread`, and by several threads at
    once. No signal handlers and no alarms are set in the calling process.
    """

    def __init__(
        self,
        workers: int | None = None,
        wall: float = 6.0,
        memory: int = 1_500_000_000,
        *,
        calls: str = "verifiers.workers.worker",
    ) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.wall = wall
        self.memory = memory
        self._calls = calls
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._fork_server: ForkServer | None = ForkServer(memory, calls)
        self._idle: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(None)  # forked when first needed
        self._bench = Bench()
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

        Items are `(Problem, response)` for "verify" and the other graders, `(Problem,)` for "audit"
        and `(Problem, answer)` for "compare". Programs run in sandboxes beside the workers. Raises
        RuntimeError on a closed pool and in a process that only inherited the pool by a fork.
        """
        if self._fork_server is None or os.getpid() != self._owner:
            raise RuntimeError("this pool is closed, or belongs to another process")
        runs = {
            index: self._threads.submit(run_item, call, item, self._bench)
            for index, item in enumerate(items)
            if is_program(call, item)
        }
        rest = iter(self._map(call, [item for i, item in enumerate(items) if i not in runs]))
        found = [runs[i].result() if i in runs else next(rest) for i in range(len(items))]
        printed = [(items[i][0], word) for i, word in enumerate(found) if isinstance(word, str)]
        compared = iter(self._map("compare", printed))
        return [
            replace(next(compared), verifier="program") if isinstance(word, str) else word
            for word in found
        ]

    def _map(self, call: Call, items: Sequence[tuple[Any, ...]]) -> list[Verification]:
        batches: list[Future[list[Verification]]] = []
        waiting: set[Future[list[Verification]]] = set()
        for batch in _batches(items, self.workers):
            batches.append(self._threads.submit(self._run, call, batch))
            waiting.add(batches[-1])
            if len(waiting) > 2 * self.workers:  # leave room in the queue for other callers
                waiting = wait(waiting, return_when=FIRST_COMPLETED).not_done
        return [word for batch in batches for word in batch.result()]

    def close(self) -> None:
        """End all processes; calls under way finish first. Closing twice is harmless."""
        self._threads.shutdown(wait=True)
        self._bench.close()
        with self._lock:
            fork_server, self._fork_server = self._fork_server, None
        if fork_server is not None:
            fork_server.close()
            while not self._idle.empty():
                worker = self._idle.get()
                if worker is not None:
                    worker.sock.close()

    def _run(self, call: Call, batch: Sequence[tuple[Any, ...]]) -> list[Verification]:
        """All answers of one batch, on one worker and its successors."""
        worker = self._idle.get()
        heavy = any(item[0].answer_kind in HEAVY for item in batch)
        done: list[Verification] = []
        retried = -1
        try:
            while len(done) < len(batch):
                at = len(done)
                fresh = self._fresh(call, batch[at : at + 1] if at == retried else batch[at:])
                if not fresh:
                    done.append(self._known(call, batch[at]))
                    continue
                if worker is None or worker.served > RECYCLE or (heavy and not worker.loaded):
                    worker = self._renew(worker, heavy)
                found, ended = exchange(worker, call, fresh, self.wall)
                done += found
                if not ended:
                    continue
                worker = self._renew(worker)
                if ended == "undecided.worker_lost" and retried < len(done):
                    retried = len(done)  # once more, alone: the system may have killed the worker
                    continue
                done.append(self._lose(call, batch[len(done)], ended))
            return done
        finally:
            self._idle.put(worker)

    def _renew(self, worker: Worker | None, heavy: bool = False) -> Worker:
        """A fresh worker in place of `worker`; restarts the fork server when it was lost.

        `heavy`: one that has the packages of `dispatch.HEAVY` loaded.
        """
        with self._lock:
            fork_server = self._fork_server
            assert fork_server is not None, "close() waits for the threads that come here"
            try:
                if worker is not None:
                    fork_server.kill(worker)
                if heavy:
                    fork_server.load()
                return fork_server.fork()
            except OSError:
                fork_server.close()
                self._fork_server = ForkServer(self.memory, self._calls)
                return self._fork_server.fork()

    def _lose(self, call: Call, item: tuple[Any, ...], reason: str) -> Verification:
        """The verdict on an item that ended its worker; it will not be run again."""
        self._fatal[_digest(call, item)] = reason
        seconds = self.wall if reason == "undecided.timeout" else 0.0
        return outcome(reason, None, _verifier(call, item), seconds)

    def _fresh(self, call: Call, batch: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """The items before the first one that has ended a worker already."""
        if not self._fatal:  # the usual case: no hashing of long responses
            return batch
        for index, item in enumerate(batch):
            if _digest(call, item) in self._fatal:
                return batch[:index]
        return batch

    def _known(self, call: Call, item: tuple[Any, ...]) -> Verification:
        return outcome(self._fatal[_digest(call, item)], None, _verifier(call, item))


def _batches(items: Sequence[tuple[Any, ...]], workers: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Slices of `items`, ever smaller towards the end, so that all workers end together.

    Guided self-scheduling (C. Polychronopoulos, D. Kuck, IEEE Trans. Comput. C-36 (1987) 1425).
    """
    start = characters = 0
    for index, item in enumerate(items):
        size = len(item[-1]) if isinstance(item[-1], str) else 0
        most = min(BATCH, -(-(len(items) - start) // (2 * workers)))
        if index > start and (index - start >= most or characters + size > BATCH_CHARACTERS):
            yield items[start:index]
            start, characters = index, 0
        characters += size
    if start < len(items):
        yield items[start:]


def _verifier(call: Call, item: tuple[Any, ...]) -> str:
    """The verifier that an item would have gone to."""
    if call not in ("verify", "audit"):
        return call
    problem = item[0]
    return problem.answer_kind or answer_kind(problem.answer, problem.problem) or "none"


def _digest(call: str, item: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(json.dumps([call, item]).encode("ascii"), digest_size=16).digest()
