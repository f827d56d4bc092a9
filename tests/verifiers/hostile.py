"""What a hostile answer would do to a worker if it could; run in place of the real calls."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

from schemas.vocabulary import Verification
from verifiers.base.outcome import outcome


def behave(item: list[Any]) -> Verification:
    what = item[1]
    if what == "spin":
        while True:
            pass
    if what == "sleep":
        time.sleep(60)
    if what == "hog":
        return outcome("equal.exact", str(len([bytes(1 << 20) for _ in range(10_000)])), "math")
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "leave":
        os._exit(0)
    if what == "write":
        Path("/tmp/left-by-a-worker").write_text("x")
    if what == "connect":
        socket.socket()
    if what == "fork":
        os.fork()
    if what == "raise":
        raise KeyError("x")
    if what == "recurse":
        return behave([item[0], _deep(0)])
    if what == "print":
        print("noise on stdout", flush=True)
        os.write(2, b"noise on stderr")
    return outcome("equal.exact", f"{what}/{os.getpid()}", "math")


def _deep(depth: int) -> str:
    return _deep(depth + 1)


CALLS = {"verify": behave, "audit": behave}
