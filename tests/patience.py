"""How long a test waits: stated for an idle machine, stretched by how busy this one is."""

import os
import time
from collections.abc import Callable


def patience(seconds: float) -> float:
    """So many seconds of an idle machine, on this one as it is now.

    A process that shares a core with n others takes n times as long, and what it waits for (a
    server, a fork) shares one too: twice the load per core, and at least 1.
    """
    return seconds * max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_for(holds: Callable[[], object], seconds: float, what: str = "") -> None:
    """Wait until something holds; fail if it does not in time. The load is looked at anew each
    time, because it rises more slowly than a machine gets busy.
    """
    start = time.monotonic()
    while not holds():
        waited = time.monotonic() - start
        assert waited < patience(seconds), f"waited {waited:.0f} s in vain {what}"
        time.sleep(0.05)
