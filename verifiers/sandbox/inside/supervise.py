"""Watches one run from outside: times it, ends it and all that it started."""

import contextlib
import os
import selectors
import signal
import time
from typing import NamedTuple

from .channel import Channel
from .confine import Limits

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


def watch(pid: int, limits: Limits, judge: Channel, folder: str | None) -> Ended:
    """Wait for the run `pid` to end, or end it. Its whole process group is gone afterwards.

    The judge, who hears what it prints, may say `stop` (and how that is called), and `answering`
    while it answers a question, when the run's clock stands still. `folder` is where the run
    writes, up to a limit. Raises Gone when the judge hangs up.
    """
    run = _Run(pid, limits, folder)
    try:
        how = run.until_done(judge)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # it may not have made its group yet
        _, status, usage = os.wait4(pid, 0)
        with contextlib.suppress(ChildProcessError):
            while True:  # what it left behind is dead, and ours to bury
                os.waitpid(-1, 0)
        os.close(run.pidfd)
    if how == "exited" and run.exceeds():
        how = "output"
    return Ended(
        how,
        os.waitstatus_to_exitcode(status),
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - run.started,
        usage.ru_maxrss * 1024,
    )


class _Run:
    def __init__(self, pid: int, limits: Limits, folder: str | None) -> None:
        self.pid, self.limits, self.folder = pid, limits, folder
        self.started = time.monotonic()
        self.answering = 0.0  # seconds that the judge took to answer
        self.asked_at: float | None = None  # since when it has been answering
        self.pidfd = os.pidfd_open(pid)

    def until_done(self, judge: Channel) -> str:
        """Watch the run until it ends, or until it is to be ended: how."""
        with selectors.DefaultSelector() as selector:
            selector.register(judge.sock, selectors.EVENT_READ)
            selector.register(self.pidfd, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select(self._patience())]
                if self.pidfd in ready:
                    return "exited"
                if judge.sock in ready and (stop := self._told(judge)):
                    return stop
                if self.exceeds(time.monotonic() - self.started > _LOOK):
                    return "output"
                if self.asked_at is None and self._late():
                    return "timeout"

    def _told(self, judge: Channel) -> str:
        """Take in one word of the judge: why to stop, or nothing."""
        try:
            word = judge.receive()
        except EOFError as error:
            raise Gone(str(error)) from None
        if "answering" in word:
            now = time.monotonic()
            self.answering += 0.0 if self.asked_at is None else now - self.asked_at
            self.asked_at = now if word["answering"] else None
        return str(word.get("stop", ""))

    def _patience(self) -> float:
        left = self.limits.seconds - (time.monotonic() - self.started - self.answering)
        return max(min(left, _LOOK), _STEP)

    def exceeds(self, looks: bool = True) -> bool:
        """Whether it wrote more than it may, if that is looked at."""
        return bool(looks and self.folder and _size(self.folder, self.pid) > _WRITTEN)

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
