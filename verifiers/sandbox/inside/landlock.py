"""Landlock: which files a process and all that it starts may still touch. Needs no rights.

The numbers are those of linux/landlock.h; the kernel's documentation is
https://docs.kernel.org/userspace-api/landlock.html.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_LAST_OF_ABI = {1: 12, 2: 13, 3: 14, 4: 14}  # the last file right that an ABI knows; 15 from 5 on
_TCP = 3  # bind and connect, from ABI 4
_SCOPED = 3  # abstract sockets and signals stay inside, from ABI 6

READ = _EXECUTE | _READ_FILE | _READ_DIR
DEVICE = _READ_FILE | _WRITE_FILE
ALL = -1

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The version that the kernel speaks; 0 where there is no Landlock."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def ruleset(grants: Iterable[tuple[str, int]]) -> int:
    """A descriptor of a ruleset that denies all but `grants`: (path, READ, DEVICE or ALL).

    Everything beneath a folder is granted with it. Paths that do not exist are left out. Denied as
    well, where the kernel can: TCP, and signals and abstract sockets to processes outside.
    """
    version = abi()
    handled = (1 << (_LAST_OF_ABI.get(version, 15) + 1)) - 1
    attributes = struct.pack(
        "=QQQ", handled, _TCP if version >= 4 else 0, _SCOPED if version >= 6 else 0
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = _checked(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    for path, rights in grants:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        possible = handled if os.path.isdir(path) else handled & _OF_FILES
        rule = struct.pack("=Qi", rights & possible, fd)
        _checked(_libc.syscall(_ADD_RULE, rules, 1, rule, 0))
        os.close(fd)
    return rules


def restrict(rules: int) -> None:
    """Put this process under a ruleset, for good; needs `no_new_privs`."""
    _checked(_libc.syscall(_RESTRICT_SELF, rules, 0))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result
