"""What a process gives up before it runs a program that nobody vouches for.

The fork server gives up all files but those it needs (`settle`); each of its children gives up the
rest: rights, writing, other processes, and more than its share of memory and time (`confine`).
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
from typing import NamedTuple

from . import landlock, seccomp
from .syscalls import ARCHITECTURE

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives",
           "/etc/localtime")  # fmt: skip
_SUBREAPER, _DEATH = 36, 1
_CAPABILITIES = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
_STARTED = 16 << 20  # bytes of address space for a started program's own code and libraries
_ENGINE = 192 << 20  # bytes of data that a JavaScript engine has before it runs anything
_FILES = 64  # open descriptors
_FILE_SIZE = 32 << 20  # bytes of one file
_PAIRS = 48  # threads and processes of a run that may have any

_libc = ctypes.CDLL(None, use_errno=True)


class Limits(NamedTuple):
    """What one run may use: CPU seconds, bytes of memory, bytes of standard output."""

    seconds: float = 2.0
    memory: int = 256 << 20
    output: int = 1 << 20


class Powers(NamedTuple):
    """What one run may do beside computing.

    `starts`: run other programs; `forks`: run them beside itself; `writes`: a folder to write in;
    `reads`: a folder to read beside the system's; `owner`: the user to become (None: the same).
    """

    starts: bool = False
    forks: bool = False
    reads: str | None = None
    writes: str | None = None
    owner: int | None = None


def read_only() -> None:
    """Let this process read and compute, and nothing else: no writing, starting or connecting.

    Does what the system can do and is silent about the rest.
    """
    if not ARCHITECTURE:
        return
    with contextlib.suppress(OSError):
        seccomp.no_new_privileges()
        if landlock.abi():
            device = ("/dev/null", landlock.DEVICE)
            landlock.restrict(landlock.ruleset([("/", landlock.READ), device]))
        seccomp.restrict(seccomp.program(forks=False, starts=False))


def settle(roots: list[str], scratch: str) -> list[tuple[str, int]]:
    """Restrict the fork server to reading `roots` and the system, and to its scratch folder.

    Returns the grants that its children may have at most.
    """
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    seccomp.no_new_privileges()
    grants = [(path, landlock.READ) for path in (*_SYSTEM, *roots)]
    grants += [(path, landlock.DEVICE) for path in _DEVICES]
    if landlock.abi():
        own = [(scratch, landlock.ALL), ("/proc", landlock.READ)]
        landlock.restrict(landlock.ruleset([*grants, *own]))
    return grants


def confine(limits: Limits, powers: Powers, rules: int | None, busy: int) -> None:
    """Give up everything but what `powers` says; for the child that will run the program.

    `rules` is a Landlock ruleset (None where the kernel has none), `busy` the number of threads
    that the user runs already, which the limit on processes counts too.
    """
    _limit(limits, powers, busy)
    if powers.owner is not None:
        os.setgroups([])
        os.setresgid(powers.owner, powers.owner, powers.owner)
        os.setresuid(powers.owner, powers.owner, powers.owner)
        die_with(os.getppid())  # a change of user forgets it
    header = struct.pack("=Ii", _CAPABILITIES, 0)
    if _libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")
    seccomp.no_new_privileges()
    if rules is not None:
        landlock.restrict(rules)
    seccomp.restrict(seccomp.program(forks=powers.forks, starts=powers.starts))


def _limit(limits: Limits, powers: Powers, busy: int) -> None:
    seconds = (
        int(limits.seconds) + 2
    )  # the fork server is exact; this is for a fork server that is gone
    most = [
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _FILE_SIZE if powers.writes else 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ]
    if powers.forks:
        most.append((resource.RLIMIT_NPROC, busy + _PAIRS))
    for what, value in most:
        _lower(what, value)


def limit_memory(memory: int, *, started: bool, reserves: bool) -> None:
    """At most `memory` bytes beside what the interpreter itself needs.

    `started`: another program takes this process over, so what it has now does not count, and its
    stack may be as large as its memory. `reserves`: it reserves gigabytes of addresses that it
    never uses, as JavaScript engines do, so count its data only.
    """
    what = resource.RLIMIT_DATA if reserves else resource.RLIMIT_AS
    value = memory + (_STARTED if started else _address_space())
    if started and not reserves:
        _lower(resource.RLIMIT_STACK, memory)
    _lower(what, value + (_ENGINE if reserves else 0))


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _lower(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard < 0 else min(value, hard)
    resource.setrlimit(what, (value, value))


def die_with(parent: int) -> None:
    """Die when the parent does; at once if it has already."""
    _libc.prctl(_DEATH, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
