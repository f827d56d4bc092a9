"""Watches a build and ends what it leaves behind, however it ends, also by SIGKILL.

Run as `python guardian.py MARK FOLDER` by a build that has MARK in its environment. A build that
has ended says so on standard input, and the guardian goes. When the build's process is gone without
a word, every process that carries MARK is ended, and FOLDER, its temporary files, removed.
A process of its own, because one that was killed can clean up nothing; standard library only.
"""

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import sys
import time
from typing import Any

NAME = "LONGCOT_BUILD"
"""The environment variable that everything below a build carries."""

RUN = ".flow-run"
"""The file in FOLDER with the address of the build's run at a Prefect server that stays."""

GONE = "its process is gone: killed, or stopped"
"""What is said of a run that has crashed."""

GRACE = 1.0
"""Seconds between SIGTERM and SIGKILL."""


def marked(mark: str) -> list[int]:
    """The living processes of a build, this one left out."""
    wanted, found = f"{NAME}={mark}".encode(), []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    told = file.read().split(b"\0")
                with open(f"/proc/{name}/stat", "rb") as file:
                    state = file.read().rpartition(b") ")[2][:1]
            except OSError:
                continue
            if wanted in told and state not in (b"Z", b"X"):
                found.append(int(name))
    return found


def end(mark: str) -> None:
    """End every process of a build."""
    limit = time.monotonic() + GRACE
    how = signal.SIGTERM
    while left := marked(mark):
        for process in left:
            try:
                os.kill(process, how)
            except OSError:
                continue
        time.sleep(0.05)
        if time.monotonic() > limit:
            how = signal.SIGKILL
        if time.monotonic() > limit + 5:
            return  # in the kernel, beyond reach


WELL = b"."
"""What a build says that has ended well."""


def ended_well(build: int) -> bool:
    """Wait for a process, the parent of this one: whether it said that its build ended well.

    The end of standard input says nothing: what the build forked may hold the other end.
    """
    watched = [sys.stdin.fileno()]
    with contextlib.suppress(AttributeError, OSError):  # no Linux, or gone already
        watched.append(os.pidfd_open(build))
    while os.getppid() == build:
        ready = select.select(watched, [], [], None if len(watched) == 2 else 0.5)[0]
        if watched[0] in ready:
            return os.read(watched[0], 1) == WELL
    return False


def post(url: str, body: object, patience: float) -> Any:
    """What Prefect's server answers. Raises OSError, ValueError where it does not.

    It stands here because a guardian, which may have to tell of a crash, imports nothing of ours.
    """
    import urllib.request  # rarely needed, and half of the time of a start

    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("PREFECT_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    elif user := os.environ.get("PREFECT_API_AUTH_STRING"):  # "name:password"
        headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=patience) as reply:
        return json.load(reply)


def tell(folder: str) -> None:
    """Tell Prefect's server that the build's run has crashed, if it has one there."""
    state = {"type": "CRASHED", "name": "Crashed", "message": GONE}
    with contextlib.suppress(OSError, ValueError), open(f"{folder}/{RUN}") as file:
        post(f"{file.read()}/set_state", {"state": state, "force": True}, patience=3.0)


def main() -> None:
    """Wait for the end of the build, and clean up behind one that did not end well."""
    mark, folder = sys.argv[1:]
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    if ended_well(int(mark.partition("-")[0])):
        return
    tell(folder)
    end(mark)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
