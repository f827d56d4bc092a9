"""Settings that keep Prefect to itself: no telemetry, no log flood, time to start its server."""

import os
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from schemas.errors import MachineError

SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The console shows longcot's own progress; the API (and so the UI) still gets every line.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
}

PATIENCE = 10.0
"""Seconds that a Prefect server may take to say that it is there."""

ROOM = 2**21
"""Bytes that Prefect's database needs at its start, and some more."""


def quiet() -> None:
    """Set what the user has not set. Must run before Prefect is imported."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def check_home() -> None:
    """Write in Prefect's home and delete it again: where its own server cannot write there, Prefect
    starts it anew for ever. Raises MachineError.
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


OWN = "start it, or unset PREFECT_API_URL and a server of the build's own is used"


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
