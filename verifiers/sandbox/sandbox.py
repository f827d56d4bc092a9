"""The judge's side of a sandbox: start a fork server, have it run programs, read how they ended."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from verifiers.sandbox import tiers
from verifiers.sandbox.inside.channel import Channel, first
from verifiers.sandbox.inside.confine import Limits, Powers
from verifiers.sandbox.judge_channels import Answer, Hearing
from verifiers.sandbox.tiers import Tier

_WRITING = Limits(seconds=10.0)  # for a child that writes a program's files


class SandboxError(RuntimeError):
    """No sandbox, or one that failed: nothing can be said of the program."""


class Run(NamedTuple):
    """How a run ended.

    `how` is "exited", "timeout" or "output" (more than the limit); `status` the exit status,
    negative for a signal; `cpu` and `wall` are seconds, `memory` the bytes resident at most; `said`
    is what the process told the judge (a value, or what failed): it may be forged.
    """

    how: str
    status: int
    cpu: float
    wall: float
    memory: int
    output: bytes
    errors: bytes
    said: dict[str, Any]


class Sandbox:
    """One fork server and what it runs, one at a time, for one thread; a context manager.

    `tier` is not probed here: take it from `verifiers.sandbox.strongest`. Raises SandboxError
    where it cannot be started.
    """

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self.owner = tiers.owner()
        # In namespaces the scratch folder is a private one in memory; its name is all that counts.
        here = tier == Tier.LANDLOCK
        self._scratch = _scratch() if here else "/tmp"
        self._errors = os.fdopen(os.memfd_create("errors"), "w+b")
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _starter().submit(self._start, theirs.fileno()).result()
        except OSError as error:
            self._forget()
            ours.close()
            raise SandboxError(f"no sandbox of tier {tier}: {error}") from error
        self._channel = Channel(ours)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stdio(self, source: str, stdin: bytes, limits: Limits) -> Run:
        """Run a Python program as `__main__`."""
        return self._run({"what": "stdio", "source": source}, stdin, limits, Powers())

    def call(
        self,
        prompt: str,
        source: str,
        entry: str,
        arguments: str,
        limits: Limits,
        changes: bool = False,
    ) -> Run:
        """Call the function `entry` of a Python program; `said` holds the value, or what failed.

        `arguments` is `serialization.dumps([positional, by name])`. `prompt` is code that the
        program answers: it runs before the program, or the program continues it. With `changes`,
        `said` also holds the arguments as the call left them, where it changed them.
        """
        job = {"prompt": prompt, "source": source, "entry": entry, "arguments": arguments}
        return self._run({"what": "call", "changes": changes, **job}, b"", limits, Powers())

    def tests(
        self, prompt: str, source: str, names: list[str], answer: Answer, limits: Limits
    ) -> Run:
        """Run a test's own code, in which calls of `names` are answered by `answer`."""
        job = {"what": "tests", "prompt": prompt, "source": source, "names": names}
        return self._run(job, b"", limits, Powers(), answer)

    def place(self, files: dict[str, str]) -> str:
        """A new folder in the sandbox with these files; the path inside."""
        place = str(self._ask({"what": "place"})["place"])
        if files:
            self._run({"what": "write", "files": files}, b"", _WRITING, Powers(writes=place))
        return place

    def discard(self, place: str) -> None:
        """Remove a folder made by `place`."""
        self._ask({"what": "discard", "place": place})

    def command(
        self,
        command: list[str],
        stdin: bytes,
        limits: Limits,
        powers: Powers,
        reserves: bool = False,
    ) -> Run:
        """Run a program of the system; `reserves` if it reserves gigabytes that it never uses."""
        busy = _threads_of_user() if powers.forks and self.tier == Tier.LANDLOCK else 0
        job = {"what": "command", "command": command}
        powers = powers._replace(starts=True)
        return self._run(job, stdin, limits, powers, busy=busy, reserves=reserves)

    def close(self) -> None:
        """End the fork server and what it runs; remove its folder. Closing twice is harmless."""
        self._channel.sock.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._forget()

    def _start(self, fd: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            tiers.command(self.tier, fd, self._scratch, self.owner),
            pass_fds=[fd],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env={"PYTHONHASHSEED": "0", "LANG": "C.UTF-8"},  # what it has, a program might read
            cwd="/",
            start_new_session=True,
        )

    def _last(self, error: Exception) -> str:
        """The fork server's last words, or the error that told of its end."""
        with contextlib.suppress(ValueError):  # closed by `close`
            self._errors.seek(0)
            return self._errors.read().decode("utf-8", "replace")[-500:] or repr(error)
        return repr(error)

    def _forget(self) -> None:
        self._errors.close()
        if self.tier == Tier.LANDLOCK:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _run(
        self,
        job: dict[str, Any],
        stdin: bytes,
        limits: Limits,
        powers: Powers,
        answer: Answer | None = None,
        **more: Any,
    ) -> Run:
        """Have a child carry out `job`, of which the fork server learns the limits alone."""
        request = {"what": "run", "limits": limits, "powers": powers._asdict(), **more}
        try:
            with Hearing(job, stdin, limits) as heard:
                self._channel.send(request, heard.files)
                told = heard.until_told(self._channel, answer)
        except (OSError, EOFError, ValueError) as error:
            raise self._gone(error) from error
        if lost := told.pop("lost"):
            raise SandboxError(f"the sandbox failed: {lost}")
        output, errors = bytes(heard.output[: limits.output]), bytes(heard.errors)
        return Run(**told, output=output, errors=errors, said=first(heard.said))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._channel.send(request)
            return self._channel.receive()
        except (OSError, EOFError, ValueError) as error:
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> SandboxError:
        return SandboxError(f"the sandbox's fork server is gone: {self._last(error)}")


_lock = threading.Lock()
_starters: dict[int, ThreadPoolExecutor] = {}


def _starter() -> ThreadPoolExecutor:
    """The one thread of this process that starts fork servers.

    They die with the *thread* that started them, which a caller's thread may do at any time.
    """
    with _lock:
        if os.getpid() not in _starters:
            _starters.clear()
            _starters[os.getpid()] = ThreadPoolExecutor(1, thread_name_prefix="sandboxes")
        return _starters[os.getpid()]


def _scratch() -> str:
    """A new folder for a fork server; the empty ones that killed judges left are removed."""
    for old in Path(tempfile.gettempdir()).glob("longcot-sandbox-*-*"):
        if not Path("/proc", old.name.split("-")[2]).exists():
            with contextlib.suppress(OSError):
                old.rmdir()
    scratch = tempfile.mkdtemp(prefix=f"longcot-sandbox-{os.getpid()}-")
    os.chmod(scratch, 0o711)
    return scratch


def _threads_of_user() -> int:
    """Threads that this user runs: the limit on processes counts them, whoever started them."""
    count = 0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == os.geteuid():
                count += len(os.listdir(entry / "task"))
    return count
