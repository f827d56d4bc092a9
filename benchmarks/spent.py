"""What a command costs: seconds of wall and of CPU, its descendants included, orphans too."""

import ctypes
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: who outlives its parent becomes our child


class Spent(NamedTuple):
    """A command that ended well: seconds, and the last line that it printed."""

    wall: float
    cpu: float
    told: str


def spend(command: list[str], environment: Mapping[str, str], log: Path) -> Spent:
    """Run a command and wait for everything it began. Raises RuntimeError with its log's end.

    Called while this process has no other children.
    """
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    began, cpu, status = time.perf_counter(), 0.0, 1
    with log.open("w+") as out:
        child = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=out)
        wall = 0.0
        while True:
            try:
                pid, code, used = os.wait4(-1, 0)
            except ChildProcessError:
                break
            cpu += used.ru_utime + used.ru_stime
            if pid == child.pid:
                status = child.returncode = os.waitstatus_to_exitcode(code)
                wall = time.perf_counter() - began
    lines = log.read_text().splitlines()
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {status}:\n" + "\n".join(lines[-20:]))
    return Spent(wall, cpu, next((line for line in reversed(lines) if line.strip()), ""))
