"""The fork server: the one process of a sandbox that lives on. It forks a confined child per run.

Started as `python -c ... FD SCRATCH OWNER ROOT...`; it ends when the judge hangs up. A fork of it
has Python and the usual modules loaded already, which is what makes a run cheap. A fork also has
all of its memory, so it never holds a source, an input or an output: it hands descriptors on to the
child, which reads what it is to run and answers the judge itself.
"""

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from fcntl import F_DUPFD_CLOEXEC, fcntl
from typing import Any

from . import confine, landlock, run_python
from .channel import Channel
from .confine import Limits, Powers
from .supervise import Ended, watch

_USUAL = """array bisect cmath collections copy datetime decimal fractions functools heapq io
itertools json math operator random re statistics string time typing""".split()
_CHANNEL = 3  # the descriptor on which a child talks to the judge
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
            fork_server.serve(request, channel)
    for place in os.scandir(scratch):  # the judge may be gone, and remove nothing
        shutil.rmtree(place, ignore_errors=True)


class ForkServer:
    """What the fork server knows: its scratch folder, the user for runs that fork, the grants."""

    def __init__(self, scratch: str, owner: int, grants: list[tuple[str, int]]) -> None:
        self.scratch, self.owner, self.grants = scratch, owner or None, grants
        self.places = 0
        self.folder = self._place()  # where Python programs write; empty between runs
        self.rules = self._rules(Powers(writes=self.folder))

    def serve(self, request: dict[str, Any], judge: Channel) -> None:
        """Carry out one request and answer it."""
        what = request.get("what")
        if what == "place":
            judge.send({"place": self._place()})
        elif what == "discard":
            shutil.rmtree(request["place"], ignore_errors=True)
            judge.send({})
        elif what == "run":  # anything else is a word to a run that has ended meanwhile
            ended, lost = self._run(request, judge)
            if request["powers"]["writes"]:
                _make_executable(request["powers"]["writes"])
            judge.send({**ended._asdict(), "lost": lost})

    def _place(self) -> str:
        """A fresh folder, which belongs to the user of runs that fork."""
        self.places += 1
        place = f"{self.scratch}/{self.places}"
        os.mkdir(place, 0o755)
        if self.owner and self.places > 1:
            os.chown(place, self.owner, self.owner)
        return place

    def _run(self, request: dict[str, Any], judge: Channel) -> tuple[Ended, str]:
        """Run it: how it ended, and why it could not even begin (empty where it could)."""
        limits = Limits(*request["limits"])
        powers = Powers(**request["powers"])
        folder = None if powers.starts or powers.writes else self.folder
        if folder:
            powers = powers._replace(writes=folder)
        elif powers.forks:
            powers = powers._replace(owner=self.owner)
        *streams, job = files = judge.files
        told, lost = os.pipe()
        rules = self.rules if folder else self._rules(powers)
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            _child(lambda: _become(job, request, limits, powers, rules, parent, lost),
                   streams, lost)  # fmt: skip
        for end in (*files, lost):
            os.close(end)
        if rules is not None and rules != self.rules:
            os.close(rules)
        try:
            with os.fdopen(told, "rb") as why:
                return watch(pid, limits, judge, folder), why.read().decode("utf-8", "replace")
        finally:
            if folder:
                _empty(folder)

    def _rules(self, powers: Powers) -> int | None:
        if not landlock.abi():
            return None
        own = [(powers.reads, landlock.READ)] if powers.reads else []
        own += [(powers.writes, landlock.ALL)] if powers.writes else []
        return landlock.ruleset([*self.grants, *own])


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
    streams: list[int],
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
    job: int,
    request: dict[str, Any],
    limits: Limits,
    powers: Powers,
    rules: int | None,
    parent: int,
    lost: int,
) -> None:
    """Confine this process and run what it reads from `job`. Always leaves by SystemExit or exec.

    `lost` is where failures of the sandbox are told; no program has it, so none can claim one.
    """
    os.setsid()
    confine.die_with(parent)
    with open(job, "rb", closefd=False) as told:
        asked = json.loads(told.read())
    place = powers.writes or powers.reads
    os.chdir(place or "/")
    if asked["what"] == "write":
        raise SystemExit(_write(asked["files"]))
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
        os.execve(asked["command"][0], asked["command"], os.environ)
    for name, stream, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        errors, lines = ("backslashreplace", 1) if stream == 2 else ("surrogateescape", -1)
        file = os.fdopen(stream, mode, lines, encoding="utf-8", errors=errors)
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.close(lost)
    channel = Channel(socket.socket(fileno=_CHANNEL))
    raise SystemExit(run_python.RUNS[asked["what"]](asked, channel))


def _write(files: dict[str, str]) -> int:
    for name, content in files.items():
        with open(name, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(content)
    return 0
