"""A home for what libraries keep: Prefect's database, compiled loops, caches of downloads.

In a container a user may have no home, no name, or a home that nobody can write. What looks there
(Prefect, numba, Hugging Face, our own caches) then waits for ever or dies at import; so such a
process is given a home under the folder of temporary files, before any of them is imported.
"""

import os
import pwd
import tempfile
from contextlib import suppress
from pathlib import Path


def settle() -> None:
    """Set HOME where there is none that can be written, and USER where the user has no name."""
    home = os.environ.get("HOME") or _entry("pw_dir")
    if not (home and os.path.isdir(home) and os.access(home, os.W_OK | os.X_OK)):
        home = _temporary()
    if home:
        os.environ["HOME"] = home
    if not any(os.environ.get(name) for name in ("LOGNAME", "USER", "LNAME", "USERNAME")):
        os.environ["USER"] = _entry("pw_name") or f"uid-{os.getuid()}"


def _entry(what: str) -> str | None:
    """What the list of users says of this one, if it is in it."""
    with suppress(KeyError):
        return str(getattr(pwd.getpwuid(os.getuid()), what))
    return None


def _temporary() -> str | None:
    """A folder that stays for the next run and that nobody else can have put there."""
    with suppress(OSError):  # not even that: who needs a home says so
        place = Path(tempfile.gettempdir()) / f"longcot-home-{os.getuid()}"
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
        facts = place.lstat()
        own = facts.st_uid == os.getuid() and not facts.st_mode & 0o077
        return (
            str(place) if own and place.is_dir() and not place.is_symlink() else tempfile.mkdtemp()
        )
    return None
