"""One batch on one worker: items go out together, answers come back one by one."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas.vocabulary import Verification
from verifiers.base.outcome import outcome
from verifiers.workers import messages
from verifiers.workers.fork_server_client import Worker

CHUNK = 2**16
STARVED = 3  # a worker that got under half of a CPU may take so many times the wall limit


def exchange(
    worker: Worker, call: str, batch: Sequence[tuple[Any, ...]], wall: float
) -> tuple[list[Verification], str]:
    """The answers to `batch`, up to the first item that ended the worker, and the reason why.

    The reason is empty when the worker lives on, and there is an answer to each item. It is
    `undecided.memory`, `undecided.timeout` or `undecided.worker_lost` otherwise; then the item
    behind the last answer is the one to blame, and the worker must be replaced.
    """
    found: list[Verification] = []
    try:
        worker.sock.settimeout(None)
        messages.send(worker.sock, [call, batch])
        for _ in batch:
            extracted, reason, name, seconds, worker.cpu, spent = _reply(worker, wall)
            if spent:
                return found, str(reason)
            found.append(outcome(reason, extracted, name, seconds))
            worker.served += 1
    except TimeoutError:
        return found, "undecided.timeout"
    except (EOFError, OSError):
        return found, "undecided.worker_lost"
    return found, ""


def _reply(worker: Worker, wall: float) -> Any:
    """The next reply; TimeoutError once the item had its time.

    A worker that got less than half of a CPU (a loaded machine) is given up to `STARVED` times
    the limit, so that a verdict does not depend on what else the machine does.
    """
    reply = messages.take(worker.unread)  # often there are several
    deadline = time.monotonic() + wall
    last = deadline + (STARVED - 1) * wall
    while reply is None:
        worker.sock.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            part = worker.sock.recv(CHUNK)
        except TimeoutError:
            used = _cpu_seconds(worker.pid)
            if used is None or used - worker.cpu > wall / 2 or deadline >= last:
                raise
            deadline = min(last, deadline + wall / 2)
            continue
        if not part:
            raise EOFError
        worker.unread += part
        reply = messages.take(worker.unread)
    return reply


def _cpu_seconds(pid: int) -> float | None:
    """CPU seconds that a process has used; None where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
