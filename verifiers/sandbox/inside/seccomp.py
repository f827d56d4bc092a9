"""seccomp: which system calls a program may still make. A list of what is allowed, not denied.

Nothing on the list opens a socket, signals or traces another process, mounts, changes owners or
modes, makes folders, takes up a disk without writing, or memory that outlives the process. What is
refused fails with EPERM; calls that libraries probe for fail with ENOSYS, so that they fall back.
"""

import ctypes
import errno
import os
import struct

from .syscalls import ARCHITECTURE, NUMBERS

_ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range
lseek open openat openat2 stat fstat lstat newfstatat statx access faccessat faccessat2
readlink readlinkat getdents getdents64 getcwd chdir fchdir dup dup2 dup3 flock fsync
fdatasync ftruncate fadvise64 pipe pipe2 poll ppoll select pselect6
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2
timerfd_create timerfd_settime timerfd_gettime signalfd4 sendfile copy_file_range splice tee
vmsplice unlink unlinkat rename renameat renameat2 umask statfs fstatfs
inotify_init1 inotify_add_watch inotify_rm_watch mmap mprotect munmap mremap madvise brk msync
mincore mlock munlock membarrier pkey_alloc pkey_free pkey_mprotect rt_sigaction
rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
restart_syscall pause alarm setitimer getitimer timer_create timer_settime timer_gettime
timer_getoverrun timer_delete nanosleep clock_nanosleep clock_gettime clock_getres
gettimeofday time times getpid getppid gettid getuid geteuid getgid getegid getresuid
getresgid getgroups getpgid getpgrp getsid getrlimit getrusage getpriority sysinfo uname
getcpu getrandom capget sched_yield sched_getaffinity sched_setaffinity sched_getparam
sched_getscheduler sched_get_priority_max sched_get_priority_min sched_getattr futex
futex_waitv set_robust_list get_robust_list set_tid_address rseq arch_prctl exit exit_group
wait4 waitid recvfrom recvmsg shutdown getsockname getpeername getsockopt setsockopt
""".split()
_ABSENT = ["clone3", "io_uring_setup"]  # clone3 hides its flags from a filter

_OWNERS = {"fcntl": (8, 15), "ioctl": (0x8901, 0x8902)}  # who a descriptor sends its signals to
_CLONE_THREAD = 0x00010000
_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone knows
_STREAM = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_PR_HARMLESS = (1, 2, 3, 15, 16, 0x53564D41)  # death signal, dumpable, names (also of mappings)

_LOAD, _AND, _EQUAL, _GREATER, _BITS, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH = 0, 4  # offsets in struct seccomp_data
_X32 = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


def _code(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, if_true, if_false, value & 0xFFFFFFFF)


def _argument(index: int, high: bool = False) -> bytes:
    return _code(_LOAD, 16 + 8 * index + 4 * high)


_PASS, _REFUSE = _code(_RETURN, _ALLOW), _code(_RETURN, _ERROR | errno.EPERM)


def _only(name: str, body: bytes) -> bytes:
    """What `body`, which always returns, says of the call `name`; nothing where there is none."""
    return _code(_EQUAL, NUMBERS[name], 0, len(body) // 8) + body if name in NUMBERS else b""


def program(*, forks: bool, starts: bool) -> bytes:
    """The filter for this process. `starts`: other programs may be run; `forks`: also beside it.

    The process id is part of the filter, so build it in the process that it is for.
    """
    zero = _code(_EQUAL, 0, 0, 1) + _PASS + _REFUSE
    mine = _argument(0) + _code(_EQUAL, os.getpid(), 0, 1) + _PASS + _REFUSE
    stream = _argument(1) + _code(_AND, 0xF) + _code(_EQUAL, _STREAM, 0, 1) + _PASS + _REFUSE
    # A socket of a pair could still be sent from to any address: allow only "to its peer".
    nowhere = _argument(4) + _code(_EQUAL, 0, 1, 0) + _REFUSE + _argument(4, True) + zero
    harmless = b"".join(_code(_EQUAL, option, 0, 1) + _PASS for option in _PR_HARMLESS)
    owned = {
        name: b"".join(_code(_EQUAL, number, 0, 1) + _REFUSE for number in numbers)
        for name, numbers in _OWNERS.items()
    }
    thread = _argument(0) + _code(_BITS, _CLONE_THREAD, 0, 1) + _PASS + _REFUSE
    child = _argument(0) + _code(_BITS, _NAMESPACES, 0, 1) + _REFUSE + _PASS
    parts = [
        _code(_LOAD, _ARCH) + _code(_EQUAL, ARCHITECTURE, 1, 0) + _code(_RETURN, _KILL),
        _code(_LOAD, _NUMBER) + _code(_GREATER, _X32, 0, 1) + _REFUSE,
        *(_only(name, _PASS) for name in _ALLOWED),
        *(_only(name, _code(_RETURN, _ERROR | errno.ENOSYS)) for name in _ABSENT),
        *(_only(name, _argument(1) + refused + _PASS) for name, refused in owned.items()),
        _only("kill", mine),
        _only("tgkill", mine),
        _only("prlimit64", _argument(0) + zero),
        _only("socketpair", stream),
        _only("sendto", nowhere),
        _only("prctl", _argument(0) + harmless + _REFUSE),
        _only("clone", child if forks else thread),
        *([_only("fork", _PASS), _only("vfork", _PASS)] if forks else []),
        *([_only("execve", _PASS)] if starts else []),
        _REFUSE,
    ]
    return b"".join(parts)


def restrict(filter_: bytes) -> None:
    """Put this process, and all that it starts, under a filter, for good."""
    buffer = ctypes.create_string_buffer(filter_, len(filter_))
    length = len(filter_) // 8
    header = struct.pack("@HP", length, ctypes.addressof(buffer))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, header)


def no_new_privileges() -> None:
    """No program started from here on gains rights; seccomp and Landlock ask for this first."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1, 0)


def prctl(option: int, value: int, other: bytes | int = 0) -> None:
    """prctl(2). Raises OSError."""
    if _libc.prctl(option, ctypes.c_ulong(value), other, ctypes.c_ulong(0), ctypes.c_ulong(0)):
        number = ctypes.get_errno()
        raise OSError(number, f"prctl: {os.strerror(number)}")
