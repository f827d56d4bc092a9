"""The parent's side of the fork server: start it, ask it for workers, have it end them."""

import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from verifiers.workers.messages import COMMAND, FORK, KILL, LOAD, REPLY

# -P: a file of the user's working directory must not shadow the standard library.
_COMMAND = (sys.executable, "-P", "-m", "verifiers.workers.fork_server")


@dataclass
class Worker:
    """A worker process: its id, the socket to it, items answered and CPU seconds used so far, and
    what it sent that nobody has read.

    `loaded`: whether it was born with the packages of `dispatch.HEAVY`.
    """

    pid: int
    sock: socket.socket
    loaded: bool = False
    served: int = 0
    cpu: float = 0.0
    unread: bytearray = field(default_factory=bytearray)


class ForkServer:
    """A running fork server; its methods may be called from any thread."""

    def __init__(self, memory: int, calls: str) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*_COMMAND, str(theirs.fileno()), str(memory), calls],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
            )
        self._control = ours
        self._loaded = False
        self._lock = threading.Lock()

    def fork(self) -> Worker:
        """A fresh worker; OSError when the fork server is gone."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            socket.send_fds(self._control, [COMMAND.pack(FORK, 0)], [theirs.fileno()])
            pid = self._reply()
        return Worker(pid, ours, self._loaded)

    def load(self) -> None:
        """Load the packages of `dispatch.HEAVY` for all workers to come, once."""
        with self._lock:
            if not self._loaded:
                self._control.sendall(COMMAND.pack(LOAD, 0))
                self._reply()
                self._loaded = True

    def kill(self, worker: Worker) -> None:
        """End a worker, however it is doing; OSError when the fork server is gone."""
        worker.sock.close()
        with self._lock:
            self._control.sendall(COMMAND.pack(KILL, worker.pid))
            self._reply()

    def close(self) -> None:
        """Hang up; the fork server ends its workers and itself."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _reply(self) -> int:
        data = self._control.recv(REPLY.size, socket.MSG_WAITALL)
        if len(data) < REPLY.size:
            raise ConnectionError("the fork server of the verifiers is gone")
        (pid,) = REPLY.unpack(data)
        return int(pid)


def _environment() -> dict[str, str]:
    """The parent's environment, with this package importable and warnings kept quiet."""
    root = str(Path(__file__).resolve().parents[2])
    path = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
