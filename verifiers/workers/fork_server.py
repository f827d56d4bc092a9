"""The fork server: one quiet process with sympy loaded that forks workers when asked.

It is started once with `python -m verifiers.workers.fork_server FD MEMORY CALLS`, so workers come
from a process
with a single thread and without the user's `__main__`, and a fresh one costs milliseconds. It
owns its workers: only it signals them, so a recycled process id can never be hit. It ends, with
all of them, when the parent's socket closes or the parent is gone.
"""

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable

from verifiers import other_graders
from verifiers.dispatch import HEAVY
from verifiers.math.quantities import units
from verifiers.workers import worker
from verifiers.workers.messages import COMMAND, FORK, LOAD, REPLY

Start = Callable[[socket.socket, int], None]  # runs a worker: its socket, the fork server's id
_POLL = 0.5  # seconds between looks at the parent, for a parent whose socket was inherited


def main() -> None:
    """Serve the parent's commands from the socket whose number is the first argument.

    The second is the memory limit of a worker in bytes, the third the module whose `CALLS` the
    workers run.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    memory = int(sys.argv[2])
    calls = importlib.import_module(sys.argv[3]).CALLS
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    other_graders.preload()
    units.preload()

    def start(sock: socket.socket, fork_server: int) -> None:
        worker.confine(memory, fork_server)
        worker.serve(sock, calls)

    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, the shared pages
    workers: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        try:
            while os.getppid() == parent:
                if selector.select(_POLL) and not _obey(control, workers, start):
                    break
                _reap(workers)
        except BaseException:
            traceback.print_exc()
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGKILL)
            os._exit(0)  # at once: taking sympy's modules apart takes longer than a kill should


def _obey(control: socket.socket, workers: set[int], start: Start) -> bool:
    """Carry out one command; False when the parent has hung up."""
    try:
        data, fds, _, _ = socket.recv_fds(control, COMMAND.size, 1)
    except OSError:
        return False
    if len(data) < COMMAND.size:
        return False
    command, pid = COMMAND.unpack(data)
    if command == FORK:
        pid = _fork(control, fds[0], start)
        workers.add(pid)
        os.close(fds[0])
    elif command == LOAD:
        _load()
    elif pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        workers.discard(pid)
    with contextlib.suppress(OSError):
        control.sendall(REPLY.pack(pid))
    return True


def _load() -> None:
    """Import what can be imported; a kind whose package is missing says so itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for package in HEAVY.values():
            with contextlib.suppress(ImportError):
                importlib.import_module(package)
    gc.freeze()


def _fork(control: socket.socket, fd: int, start: Start) -> int:
    fork_server = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        control.close()
        start(socket.socket(fileno=fd), fork_server)
    except BaseException:  # never return into the fork server's loop
        traceback.print_exc()
    finally:
        os._exit(0)


def _reap(workers: set[int]) -> None:
    for pid in list(workers):
        if os.waitpid(pid, os.WNOHANG)[0]:
            workers.discard(pid)


if __name__ == "__main__":
    main()
