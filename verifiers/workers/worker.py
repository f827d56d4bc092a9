"""A worker verifies batches under hard limits and trusts no text. The fork server forks it."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from schemas.vocabulary import Verification
from verifiers.base.outcome import outcome
from verifiers.base.protocol import Problem
from verifiers.dispatch import audit, compare_to, verify
from verifiers.other_graders import MATH_VERIFY, math_verify
from verifiers.sandbox.inside.confine import read_only
from verifiers.workers import messages

_PR_SET_PDEATHSIG = 1

OWN = ("verify", "audit")
"""The calls that this package's verifiers answer; another call is the name of another grader."""

Call = Callable[[list[Any]], Verification]
Calls = Mapping[str, Call]


def confine(memory: int, parent: int) -> None:
    """Limit this process: `memory` bytes of address space, no core file, death with `parent`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the fork server died before the line above took hold
            os._exit(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    read_only()  # comparing takes no writing and no network, so no text can bring them about


def serve(sock: socket.socket, calls: Calls) -> None:
    """Answer batches until the parent hangs up, or until memory ran out once.

    A batch is `[call, [item, ...]]`; one reply `[verdict fields..., cpu seconds]` goes back per
    item as soon as it is known, so that a kill costs one item and not the batch.
    """
    with contextlib.suppress(EOFError, OSError):
        while True:
            call, items = messages.receive(sock)
            for item in items:
                reply, spent = _judge(calls[call], call, item)
                messages.send(sock, reply)
                if spent:
                    return


def _judge(call: Call, name: str, item: list[Any]) -> tuple[list[Any], bool]:
    started = time.perf_counter()
    spent = False
    verifier = item[0][3] or "math" if name in OWN else name
    try:
        found = call(item)
    except MemoryError:
        found, spent = outcome("undecided.memory", None, verifier), True
    except RecursionError:
        found = outcome("undecided.limit", None, verifier)
    except Exception:  # one bad row must not end the batch
        found = outcome("undecided.error", None, verifier)
    seconds = time.perf_counter() - started
    fields = [found.extracted, found.reason, found.verifier, seconds, time.process_time(), spent]
    return fields, spent


def _verify(item: list[Any]) -> Verification:
    return verify(Problem(*item[0]), item[1])


def _audit(item: list[Any]) -> Verification:
    return audit(Problem(*item[0]))


def _second(item: list[Any]) -> Verification:
    return math_verify(Problem(*item[0]), item[1])


def _compare(item: list[Any]) -> Verification:
    return compare_to(Problem(*item[0]), item[1])


CALLS: Calls = {
    "verify": _verify,
    "audit": _audit,
    "compare": _compare,
    MATH_VERIFY: _second,
}
