"""How a fork server is started: in namespaces of its own (bubblewrap), or with Landlock alone.

Which of the two holds on this machine is not looked up but tried: see `verifiers.sandbox.probe`.
"""

import os
import random
import shutil
import sys
from enum import StrEnum
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"
_START = (
    "import sys; sys.path.insert(0, {folder!r}); from inside.fork_server import main; "
    "del sys.path[0]; main()"
)
_KEPT = "SETUID SETGID CHOWN KILL FOWNER DAC_OVERRIDE".split()  # the fork server's, no program's
_SCRATCH_SIZE = 256 << 20  # bytes of memory that a compiler's files may take


class Tier(StrEnum):
    """The kinds of sandbox, the strongest first. Both add seccomp, rlimits, an empty environment.

    `namespaces`: bubblewrap; no network, no host files or processes exist, and Landlock on top.
    `landlock`: Landlock; needs no rights and no program, so it works in most containers.
    """

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"


def roots() -> list[str]:
    """The folders that Python needs: its own, and that of the code that runs inside."""
    places = {sys.base_prefix, sys.prefix, str(Path(os.path.realpath(sys.executable)).parent)}
    places |= {str(INSIDE), str(Path(sys.executable).parent)}
    return sorted(place for place in places if place != "/" and not place.startswith("/usr/"))


def owner() -> int:
    """As root, a user that nobody else is, for runs that start processes; 0 otherwise.

    For root the kernel counts no processes, so a limit on them needs another user.
    """
    return random.SystemRandom().randrange(1 << 30, 1 << 31) if os.geteuid() == 0 else 0


def command(tier: Tier, fd: int, scratch: str, owner: int) -> list[str]:
    """The command that starts a fork server which talks to descriptor `fd`.

    Raises FileNotFoundError where bubblewrap is needed and not installed.
    """
    start = _START.format(folder=str(INSIDE.parent))
    python = [sys.executable, "-s", "-P", "-B", "-c", start]
    fork_server = [*python, str(fd), scratch, str(owner), *roots()]
    return fork_server if tier == Tier.LANDLOCK else [*_bubblewrap(scratch), *fork_server]


def _bubblewrap(scratch: str) -> list[str]:
    found = shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")
    if not found:
        raise FileNotFoundError("bubblewrap is not installed")
    spaces = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try"
    # As process 1 the fork server is bubblewrap's own child, which waits for it: no zombie is left.
    options = [found, *spaces.split(), "--as-pid-1", "--new-session", "--die-with-parent"]
    options += ["--cap-drop", "ALL"]
    if os.geteuid() == 0:
        options += [word for kept in _KEPT for word in ("--cap-add", f"CAP_{kept}")]
    else:
        options.append("--unshare-user")
    options += ["--ro-bind", "/usr", "/usr"]
    for path in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(path):
            options += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            options += ["--ro-bind", path, path]
    options += ["--perms", "0755", "--dir", "/etc"]  # else bubblewrap makes it for root alone
    for path in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        options += ["--ro-bind-try", path, path]
    options += ["--proc", "/proc", "--dev", "/dev"]
    options += ["--perms", "0711", "--size", str(_SCRATCH_SIZE), "--tmpfs", scratch]
    for root in roots():
        options += ["--ro-bind", root, root]
    return [*options, "--chdir", "/", "--"]
