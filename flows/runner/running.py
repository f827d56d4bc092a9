"""Who builds a pool: a note in it while a build runs, which one that was killed leaves behind."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.pool.store import Pool

FILE = "running.json"


@contextmanager
def noted(pool: Pool, recipe: str, **facts: Any) -> Iterator[None]:
    """Note that a build runs, who holds the pool; the note goes with it."""
    began = datetime.now(UTC).isoformat(timespec="seconds")
    own = {"host": socket.gethostname(), "pid": os.getpid(), "began": began}
    pool.put_json(FILE, {**own, "recipe": str(Path(recipe).resolve()), **facts})
    try:
        yield
    finally:
        pool.fs.rm_file(pool.path(FILE))


def note_of(pool: Pool) -> dict[str, Any] | None:
    """The note of a build that runs, or that was killed."""
    return pool.get_json(FILE) if pool.exists(FILE) else None


def lives(note: dict[str, Any]) -> bool | None:
    """Whether the build of a note still runs; None: it is another machine's."""
    if note["host"] != socket.gethostname():
        return None
    try:
        os.kill(note["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
