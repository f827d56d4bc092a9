"""The Prefect server of a build: one that is named, or a temporary one of this process.

Prefect starts a temporary server by itself, but only when its first flow begins, and loads the
whole server into the process that builds, too: seconds, and 65 MB that stay. Here it starts while
that process loads what it needs, and is waited for at the end of that.
"""

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from schemas.errors import MachineError

PATIENCE = 10.0
"""Seconds that a Prefect server may take to say that it is there."""

START = 120.0
"""Seconds that a temporary one may take to start, on a machine that does much else."""

END = 5.0
"""Seconds that it may take to end."""

ROOM = 2**21
"""Bytes that Prefect's database needs at its start, and some more."""

OWN = "start it, or unset PREFECT_API_URL and a server of the build's own is used"

LATER = ("verifiers.kinds.detect", "tasks.dedupe.shingles", "datasketch")
"""What nearly every build loads at its first steps; loaded while a temporary server starts."""

_temporary: dict[str, "subprocess.Popen[bytes]"] = {}
"""The temporary server of this process, by its address; it serves every build in it."""


@contextmanager
def at_hand() -> Iterator[Callable[[], None]]:
    """See that there is a server, a temporary one where none is named; call what this yields
    before the first flow, to wait until it answers. Raises MachineError.
    """
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_SERVER_EPHEMERAL_ENABLED,
        temporary_settings,
    )

    if named := PREFECT_API_URL.value() or not PREFECT_SERVER_EPHEMERAL_ENABLED.value():
        check_server(named if isinstance(named, str) else None)
        yield lambda: None
        return
    url = _begun()
    with temporary_settings({PREFECT_API_URL: url}):
        yield lambda: _wait(url)


def check_server(url: str | None, remedy: str = OWN) -> None:
    """Ask a Prefect server whether it is there; any answer will do. Raises MachineError."""
    try:
        if url:
            urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return  # it answers; a hosted one may want a key for this
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise MachineError(
            f"Prefect's server at PREFECT_API_URL={url} cannot be reached: {reason}; {remedy}"
        ) from None


def check_home() -> None:
    """Write in Prefect's home and delete it again: a temporary server keeps its database there.
    Raises MachineError.
    """
    place = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(bytes(ROOM))
            probe.flush()
    except OSError as error:
        raise MachineError(
            f"{place}: Prefect, which schedules the build, cannot write there: "
            f"{error.strerror or error}; set PREFECT_HOME to a folder with {ROOM >> 20} MB to write"
        ) from None


def _begun() -> str:
    """The address of the temporary server, started if it is not."""
    from prefect.settings import get_current_settings

    for url, process in _temporary.items():
        if process.poll() is None:
            return url
    _temporary.clear()
    # The socket listens from here on: nobody else gets its port, and who connects early waits.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings = get_current_settings().to_environment_variables(exclude_unset=True)
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("serve.py"))],
            stdin=listening.fileno(),
            env={**os.environ, **settings},
        )
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
    _temporary[url] = process
    atexit.register(_end, process)
    return url


def _wait(url: str) -> None:
    """Wait until the temporary server answers. Raises MachineError where it does not start."""
    for module in LATER:
        import_module(module)
    try:
        urllib.request.urlopen(f"{url}/health", timeout=START).close()
    except OSError as error:
        try:
            reason: object = f"it ended with {_temporary[url].wait(END)}"
        except subprocess.TimeoutExpired:
            reason = getattr(error, "reason", error)
        raise MachineError(
            f"Prefect's temporary server does not start ({reason}): what it says stands above; "
            "name one that runs in PREFECT_API_URL"
        ) from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
