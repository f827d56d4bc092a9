"""The fork server: the one process of a sandbox that lives on. It forks a confined child per run.

Started as `python -c ... FD SCRATCH OWNER ROOT...`; it ends when the judge hangs up. A fork of it
has Python and the usual modules loaded already, which is what makes a run cheap.
"""

import contextlib
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from fcntl import F_ADD_SEALS, F_DUPFD_CLOEXEC, fcntl
from typing import Any

from . import confine, landlock, run_python
from .channel import Channel
from .confine import Limits, Powers
from .supervise import Ended, watch

_USUAL = """array bisect cmath collections copy datetime decimal fractions functools heapq io
itertools json math operator random re statistics string time typing""".split()
_CHANNEL = 3  # the descriptor on which a child talks to the judge
_SEALED = 0xF  # F_SEAL_SEAL, _SHRINK, _GROW, _WRITE
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/",
    "OPENSSL_CONF": "/dev/null",  # else node wants a file of /etc
    "OMP_NUM_THREADS": "1",  # numpy's threads would take the memory that a program has
    "OPENBLAS_NUM_THREADS": "1",
}


def main() -> None:
    """Serve the judge until it hangs up."""
    fd, scratch, owner, *roots = sys.argv[1:]
    sock = socket.socket(fileno=fcntl(int(fd), F_DUPFD_CLOEXEC, 10))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, _CHANNEL):
        if stream != nowhere:
            os.dup2(nowhere, stream)
    for name in _USUAL:
        importlib.import_module(name)
    fork_server = ForkServer(scratch, int(owner), confine.settle(roots, scratch))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    channel = Channel(sock)
    with contextlib.suppress(EOFError, OSError):
        while True:
            request = channel.receive()
            fork_server.serve(request, channel.body, channel)
    for place in os.scandir(scratch):  # the judge may be gone, and remove nothing
        shutil.rmtree(place, ignore_errors=True)


class ForkServer:
    """What the fork server knows: its scratch folder, the user for runs that fork, the grants."""

    def __init__(self, scratch: str, owner: int, grants: list[tuple[str, int]]) -> None:
        self.scratch, self.owner, self.grants = scratch, owner or None, grants
        self.places = 0
        self.folder = self._place({})  # where Python programs write; empty between runs
        self.rules = self._rules(Powers(writes=self.folder))

    def serve(self, request: dict[str, Any], body: bytes, judge: Channel) -> None:
        """Carry out one request and answer it."""
        what = request["what"]
        if what == "place":
            judge.send({"place": self._place(request["files"])})
        elif what == "discard":
            shutil.rmtree(request["place"], ignore_errors=True)
            judge.send({})
        else:
            ended, lost = self._run(request, body, judge)
            if request["powers"]["writes"]:
                _make_executable(request["powers"]["writes"])
            head = ended._asdict()
            parts = [head.pop("output"), head.pop("errors"), head.pop("said")]
            sizes = [len(part) for part in parts]
            judge.send({**head, "lost": lost, "sizes": sizes}, b"".join(parts))

    def _place(self, files: dict[str, str]) -> str:
        """A fresh folder with these files."""
        self.places += 1
        place = f"{self.scratch}/{self.places}"
        os.mkdir(place, 0o755)
        for name, content in files.items():
            with open(f"{place}/{name}", "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(content)
        if self.owner and files:
            os.chown(place, self.owner, self.owner)
        return place

    def _run(self, request: dict[str, Any], body: bytes, judge: Channel) -> tuple[Ended, str]:
        """Run it: how it ended, and why it could not even begin (empty where it could)."""
        limits = Limits(*request["limits"])
        powers = Powers(**request["powers"])
        folder = None if powers.starts else self.folder
        if folder:
            powers = powers._replace(writes=folder)
        elif powers.forks:
            powers = powers._replace(owner=self.owner)
        ends = [os.pipe(), os.pipe(), os.pipe()]  # output, errors, why it could not begin
        stdin = _file(body) if body else os.open(os.devnull, os.O_RDONLY)
        ours, theirs = socket.socketpair()
        rules = self.rules if folder else self._rules(powers)
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            _child(lambda: _become(request, limits, powers, rules, parent, ends[2][1]),
                   (stdin, ends[0][1], ends[1][1], theirs.fileno()), ends[2][1])  # fmt: skip
        for end in (stdin, *(end for _, end in ends)):
            os.close(end)
        if rules is not None and rules != self.rules:
            os.close(rules)
        theirs.close()
        asked = judge if request["what"] == "tests" else None
        try:
            with os.fdopen(ends[2][0], "rb") as lost:
                pipes = (ends[0][0], ends[1][0])
                ended = watch(pid, pipes, ours, limits, judge.sock, asked, folder)
                return ended, lost.read().decode("utf-8", "replace")
        finally:
            if folder:
                _empty(folder)

    def _rules(self, powers: Powers) -> int | None:
        if not landlock.abi():
            return None
        own = [(powers.reads, landlock.READ)] if powers.reads else []
        own += [(powers.writes, landlock.ALL)] if powers.writes else []
        return landlock.ruleset([*self.grants, *own])


def _file(content: bytes) -> int:
    """A descriptor to read `content` from that is a file: programs ask for its size, or map it.

    Sealed, so that a program cannot write into it by way of /proc.
    """
    made = os.memfd_create("stdin", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with os.fdopen(made, "wb", 0) as file:
        while content:
            content = content[file.write(content) :]
        fcntl(made, F_ADD_SEALS, _SEALED)
        return os.open(f"/proc/self/fd/{made}", os.O_RDONLY)


def _empty(folder: str) -> None:
    """Remove all that a run wrote: files, since it may make no folders."""
    for entry in os.scandir(folder):
        os.unlink(entry.path)


def _make_executable(place: str) -> None:
    """What a compiler made may be run; changing modes itself is not among its powers."""
    for entry in os.scandir(place):
        if entry.is_file(follow_symlinks=False):
            os.chmod(entry, 0o755)


def _child(
    become: Callable[[], None],
    streams: tuple[int, int, int, int],
    lost: int,
    leave: Callable[[int], None] = os._exit,  # bound before a program can replace it
) -> None:
    """The rest of the child's life."""
    status = 1
    try:
        for target, end in enumerate(streams):
            os.dup2(end, target)
        become()
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:  # the sandbox itself failed: say so, run nothing
        with contextlib.suppress(BaseException):
            os.write(lost, repr(error).encode("utf-8", "replace")[:500])
    finally:
        leave(status)


def _become(
    request: dict[str, Any],
    limits: Limits,
    powers: Powers,
    rules: int | None,
    parent: int,
    lost: int,
) -> None:
    """Confine this process and run what was asked for. Always leaves by SystemExit or exec.

    `lost` is where failures of the sandbox are told; no program has it, so none can claim one.
    """
    os.setsid()
    confine.die_with(parent)
    place = powers.writes or powers.reads
    os.chdir(place or "/")
    started, reserves = powers.starts, request.get("reserves", False)
    confine.limit_memory(limits.memory, started=started, reserves=reserves)
    confine.confine(limits, powers, rules, request.get("busy", 0))
    os.closerange(_CHANNEL + 1, lost)
    os.closerange(lost + 1, 1 << 16)
    os.environ.clear()
    os.environ.update(_ENVIRONMENT, TMPDIR=place or "/")
    if started:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.execve(request["command"][0], request["command"], os.environ)
    for name, stream, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        errors, lines = ("backslashreplace", 1) if stream == 2 else ("surrogateescape", -1)
        file = os.fdopen(stream, mode, lines, encoding="utf-8", errors=errors)
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.close(lost)
    channel = Channel(socket.socket(fileno=_CHANNEL))
    if request["what"] == "stdio":
        raise SystemExit(run_python.run_stdio(request["source"], channel))
    run = run_python.run_tests if request["what"] == "tests" else run_python.run_call
    raise SystemExit(run(request, channel))
