"""Watches one run from outside: reads it, times it, ends it and all that it started."""

import contextlib
import os
import selectors
import signal
import socket
import time
from typing import Any, NamedTuple

from .channel import Channel, framed
from .confine import Limits

_ERRORS = 4096  # bytes of standard error that are kept
_CHUNK = 1 << 16
_IDLE = 0.5  # seconds beside its limit that a run may sleep or wait for a disk
_STEP = 0.02  # seconds between looks at the clock once the limit is near
_LOOK = 0.1  # seconds between looks at what it wrote
_WRITTEN = 64 << 20  # bytes that a run may write into its folder
_TICK = os.sysconf("SC_CLK_TCK")


class Ended(NamedTuple):
    """How a run ended.

    `how` is "exited", "timeout" or "output"; `status` the exit status, negative for a signal;
    seconds of CPU and of wall time; `memory` the most bytes that were resident.
    """

    how: str
    status: int
    cpu: float
    wall: float
    memory: int
    output: bytes
    errors: bytes
    said: bytes


def _size(folder: str, pid: int) -> int:
    """Bytes of the files in a folder, and of those that `pid` has open on its disk but removed.

    What vanishes meanwhile counts nothing.
    """
    total, disk = 0, os.stat(folder).st_dev
    for place in (folder, f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = os.stat(entry.path, follow_symlinks=place != folder)
                    if place == folder or (found.st_dev == disk and not found.st_nlink):
                        total += 4096 + found.st_size
    return total


class Gone(OSError):
    """The judge hung up during a run."""


def watch(
    pid: int,
    pipes: tuple[int, int],
    spoken: socket.socket,
    limits: Limits,
    judge: socket.socket,
    asked: Channel | None,
    folder: str | None,
) -> Ended:
    """Wait for the run `pid` to end, or end it. Its whole process group is gone afterwards.

    `pipes` are our ends of its two outputs, `spoken` its channel; with `asked`, what it says is
    a question for the judge until it ends. `folder` is where it writes, up to a limit. Raises
    Gone when the judge hangs up.
    """
    run = _Run(pid, pipes, spoken, limits, folder)
    try:
        how = run.until_done(judge, asked)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # it may not have made its group yet
        _, status, usage = os.wait4(pid, 0)
        with contextlib.suppress(ChildProcessError):
            while True:  # what it left behind is dead, and ours to bury
                os.waitpid(-1, 0)
        run.drain()
        run.close()
    if how == "exited" and run.exceeds():
        how = "output"
    return Ended(
        how,
        os.waitstatus_to_exitcode(status),
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - run.started,
        usage.ru_maxrss * 1024,
        bytes(run.output[: limits.output]),
        bytes(run.errors),
        bytes(run.said[: limits.output]),
    )


class _Run:
    def __init__(
        self,
        pid: int,
        pipes: tuple[int, int],
        spoken: socket.socket,
        limits: Limits,
        folder: str | None,
    ) -> None:
        self.pid, self.pipes, self.spoken, self.limits = pid, pipes, spoken, limits
        self.folder = folder
        self.output, self.errors, self.said = bytearray(), bytearray(), bytearray()
        self.started = time.monotonic()
        self.answering = 0.0  # seconds that the judge took to answer
        self.pidfd = os.pidfd_open(pid)
        self.selector = selectors.DefaultSelector()
        for fd in pipes:
            os.set_blocking(fd, False)
        self.selector.register(pipes[0], selectors.EVENT_READ, self._read_output)
        self.selector.register(pipes[1], selectors.EVENT_READ, self._read_errors)

    def until_done(self, judge: socket.socket, asked: Channel | None) -> str:
        """Serve the run until it ends, or until it is to be ended: how."""
        self.selector.register(judge, selectors.EVENT_READ, None)
        self.selector.register(self.pidfd, selectors.EVENT_READ, None)
        talk: Any = (lambda: self._answer(asked)) if asked else self._read_said
        self.selector.register(self.spoken, selectors.EVENT_READ, talk)
        while True:
            ready = self.selector.select(self._patience())
            for key, _ in ready:
                if key.data:
                    key.data()
            if any(key.fileobj == self.pidfd for key, _ in ready):
                return "exited"
            if any(key.fileobj is judge for key, _ in ready):
                raise Gone
            if self.exceeds(looks=time.monotonic() - self.started > _LOOK):
                return "output"
            if self._late():
                return "timeout"

    def drain(self) -> None:
        """Read what is still in the pipes; nobody writes any more."""
        self.spoken.setblocking(False)
        for read in (self._read_output, self._read_errors, self._read_said):
            while len(self.output) + len(self.said) <= 2 * self.limits.output and read():
                pass

    def close(self) -> None:
        """Close all descriptors of the run."""
        self.selector.close()
        self.spoken.close()
        for fd in (*self.pipes, self.pidfd):
            os.close(fd)

    def _patience(self) -> float:
        left = self.limits.seconds - (time.monotonic() - self.started - self.answering)
        return max(min(left, _LOOK), _STEP)

    def exceeds(self, looks: bool = True) -> bool:
        """Whether it said or, if that is looked at, wrote more than it may."""
        said = max(len(self.output), len(self.said))
        folder = self.folder if looks else None
        return said > self.limits.output or bool(folder and _size(folder, self.pid) > _WRITTEN)

    def _late(self) -> bool:
        """Whether it used its CPU seconds, or slept; time spent waiting for a CPU is not its own.

        So the verdict does not depend on what else the machine does.
        """
        wall = time.monotonic() - self.started - self.answering
        if wall < self.limits.seconds:
            return False
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            used = (int(fields[11]) + int(fields[12])) / _TICK
            with open(f"/proc/{self.pid}/schedstat", "rb") as file:
                waited = int(file.read().split()[1]) / 1e9
        except (OSError, IndexError):
            return True
        own = wall - waited
        return (
            used >= self.limits.seconds
            or own >= self.limits.seconds + _IDLE
            or wall >= 3 * self.limits.seconds + 2
        )

    def _read_output(self) -> bool:
        return self._read(self.pipes[0], self.output)

    def _read_errors(self) -> bool:
        found = self._read(self.pipes[1], self.errors)
        del self.errors[_ERRORS:]
        return found

    def _read_said(self) -> bool:
        return self._read(self.spoken, self.said)

    def _read(self, end: Any, into: bytearray) -> bool:
        """Add what can be read now; False at the end, and when there is nothing now."""
        try:
            part = end.recv(_CHUNK) if isinstance(end, socket.socket) else os.read(end, _CHUNK)
        except OSError:
            return False
        into += part
        if not part:
            with contextlib.suppress(KeyError, ValueError):
                self.selector.unregister(end)
        return bool(part)

    def _answer(self, judge: Channel) -> None:
        """Pass one question of a test's own code to the judge, and the answer back."""
        began = time.monotonic()
        child = Channel(self.spoken)
        try:
            question = child.receive()
        except (EOFError, OSError, ValueError):
            self.selector.unregister(self.spoken)
            return
        if "ask" not in question:
            self.said += framed(question)
            return
        judge.send(question)
        answer = judge.receive()
        with contextlib.suppress(OSError):
            child.send(answer)
        self.answering += time.monotonic() - began
