"""SIGINT and SIGTERM during a build: stop buying, keep what came, leave nothing behind.

    with guarded("longcot build r.yaml"):     # around everything, the start of Prefect too
        ...
            with obeyed():                     # inside the flow: Prefect takes SIGTERM for itself

The first signal halts every engine (tasks/llm/ending/stop.py), waits until they have ended, says
how to go on and ends the process with 130 or 143. It does not unwind through Prefect, which waits
for its threads: every file of a pool is written whole or appended at once, so ending here is as
safe as SIGKILL. The second signal ends at once.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from flows.runner import guardian
from tasks.llm.ending import stop

LIMIT = 3.5
"""Seconds until the end, at most, whatever still runs; the children get the rest of five."""

PREFIX = "longcot-build-"

_command: list[str] = []
"""How to go on, while a command line is guarded."""


@contextmanager
def guarded(command: str) -> Iterator[None]:
    """Watch over this process as a build: nothing outlives it, and its temporary files go with it.

    `command` is what goes on with the build after a stop.
    """
    mark = f"{os.getpid()}-{time.time_ns()}"
    before, environment = tempfile.gettempdir(), dict(os.environ)
    place, lock = _folder()
    own = {guardian.NAME: mark, "TMPDIR": place}
    os.environ.update(own)
    tempfile.tempdir = place
    watcher = [sys.executable, "-I", "-S", guardian.__file__, mark, place]
    watching = subprocess.Popen(
        watcher,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    _command.append(command)
    try:
        with obeyed():
            yield
    finally:
        _command.clear()
        tempfile.tempdir = before
        for name in own:
            if name in environment:
                os.environ[name] = environment[name]
            else:
                del os.environ[name]
        watching.communicate(guardian.WELL)
        os.close(lock)
        shutil.rmtree(place, ignore_errors=True)


def guarded_folder() -> Path | None:
    """The folder that the guardian of this build looks after, while there is one."""
    return Path(tempfile.gettempdir()) if guardian.NAME in os.environ else None


def _folder() -> tuple[str, int]:
    """A temporary folder of this build and the lock that it holds in it, which goes with it; the
    folders that builds left which are gone are removed.
    """
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), (old / ".lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(old, ignore_errors=True)
    while True:
        place = tempfile.mkdtemp(prefix=PREFIX)
        os.chmod(place, 0o711)  # sandboxes of other users pass through it
        handle = os.open(f"{place}/.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.exists(f"{place}/.lock"):
            return place, handle
        os.close(handle)  # another build took it for a left one, before the lock was held


@contextmanager
def obeyed() -> Iterator[None]:
    """Answer signals, where a command line is guarded and this is the main thread."""
    if not _command or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        while stop.asked():  # the other thread ends the process
            time.sleep(1)
        for number, handler in before.items():
            signal.signal(number, handler)


def _heard(number: int, _: FrameType | None) -> None:
    if stop.asked():
        _end(number)
    stop.request()
    threading.Thread(target=_finish, args=(number,), daemon=True).start()


def _finish(number: int) -> None:
    """Wait for the engines, say how to go on, and end."""
    bought = stop.busy()
    whole = stop.wait(LIMIT)
    kept = "every answer received is kept" if bought else "everything finished is kept"
    if not whole:
        kept += ", what was still on its way is not"
    with suppress(OSError, ValueError):  # who read it may be gone
        print(f"\nlongcot: stopped; {kept}. `{_command[0]}` goes on from here", file=sys.stderr)
        sys.stderr.flush()
    _end(number)


def _end(number: int) -> NoReturn:
    try:
        # The guardian ends those that do not listen.
        for child in guardian.marked(os.environ.get(guardian.NAME, "")):
            with suppress(OSError):
                os.kill(child, signal.SIGTERM)
    finally:
        os._exit(128 + number)
