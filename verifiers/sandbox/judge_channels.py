"""The judge's ends of one run: what it is given, what it prints, what it says.

None of it passes through the fork server, whose memory every later program inherits.
"""

import contextlib
import json
import os
import selectors
import socket
import time
from collections.abc import Callable
from fcntl import F_ADD_SEALS, fcntl
from types import TracebackType
from typing import Any

from verifiers.sandbox.inside.channel import Channel, framed, taken
from verifiers.sandbox.inside.confine import Limits

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]
"""Answers a question of a test's own code; None: there is no answer, and its call raises."""

DEADLINE = 60.0
"""Seconds that a test's own code may take, the answers to its questions included."""

_ERRORS = 4096  # bytes of standard error that are kept
_CHUNK = 1 << 16
_SEALED = 0xF  # F_SEAL_SEAL, _SHRINK, _GROW, _WRITE
_LOST = 60.0  # seconds beyond the end of a run after which its fork server counts as gone
_HEARS = 5.0  # seconds that a test's own code may take to read an answer


class Hearing:
    """What goes to one child and what comes from it; a context manager that closes its ends.

    `files` are the child's: input, output, errors, its channel, and what it is to run.
    """

    def __init__(self, job: dict[str, Any], stdin: bytes, limits: Limits) -> None:
        self.output, self.errors, self.said = bytearray(), bytearray(), bytearray()
        self._limits, self._garbled = limits, False
        self._started = time.monotonic()
        self._opened: list[int] = []
        try:
            given = self._file(stdin)
            output, errors = self._pipe(), self._pipe()
            self._spoken, theirs = socket.socketpair()
            self._opened.append(theirs.detach())
            self.files = [given, output[1], errors[1], self._opened[-1]]
            self.files.append(self._file(json.dumps(job).encode("ascii")))
        except OSError:
            self._close()
            raise
        self._spoken.setblocking(False)
        self._heard = {output[0]: self.output, errors[0]: self.errors}

    def __enter__(self) -> "Hearing":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spoken.close()
        self._close()

    def until_told(self, channel: Channel, answer: Answer | None) -> dict[str, Any]:
        """Listen until the fork server tells how the run ended, which is returned.

        With `answer`, what the child says is a question, until it says something else. A run that
        says more than it may, or asks beyond `DEADLINE`, is ended. Raises EOFError, OSError or
        ValueError when the fork server is gone.
        """
        stopped = ""
        # See `supervise`: by then every run has been ended.
        latest = self._started + 3 * self._limits.seconds + (DEADLINE if answer else 0) + _LOST
        with selectors.DefaultSelector() as selector:
            selector.register(channel.sock, selectors.EVENT_READ)
            selector.register(self._spoken, selectors.EVENT_READ)
            for end in self._heard:
                selector.register(end, selectors.EVENT_READ)
            while True:
                ready: list[Any] = [key.fileobj for key, _ in selector.select(1.0)]
                for end in ready:
                    if end is not channel.sock and not self._read(end):
                        selector.unregister(end)  # what is ready and gives nothing is at its end
                if channel.sock in ready:
                    break
                if answer and not stopped:
                    self._answer(channel, answer)
                why = self._stops(answer)
                if why and not stopped:
                    stopped = why
                    channel.send({"stop": why})
                if not ready and time.monotonic() > latest:
                    raise EOFError("the fork server does not answer")
        told = channel.receive()
        last: list[Any] = [*self._heard, self._spoken]
        for end in last:  # nobody writes any more
            while self._read(end) and not self._exceeds():
                pass
        if told["how"] == "exited" and self._exceeds():
            told["how"] = "output"
        return told

    def _answer(self, channel: Channel, answer: Answer) -> None:
        """Answer the child's questions; meanwhile its clock stands still."""
        try:
            while not self._garbled and (question := taken(self.said)) is not None:
                if "ask" not in question:
                    self.said[:0] = framed(question)  # its last word
                    return
                channel.send({"answering": True})
                reply = answer(question) or {"raised": "RuntimeError"}
                channel.send({"answering": False})
                self._spoken.settimeout(_HEARS)
                with contextlib.suppress(OSError):  # it hung up, or does not listen
                    self._spoken.sendall(framed(reply))
                self._spoken.setblocking(False)
        except ValueError:  # no message: what follows cannot be told apart from the rest of it
            self._garbled = True

    def _stops(self, answer: Answer | None) -> str:
        if self._garbled or self._exceeds():
            return "output"
        late = answer is not None and time.monotonic() - self._started > DEADLINE
        return "timeout" if late else ""

    def _exceeds(self) -> bool:
        return max(len(self.output), len(self.said)) > self._limits.output

    def _read(self, end: Any) -> bool:
        """Add what can be read now; False at the end, and when there is nothing now."""
        into = self.said if end is self._spoken else self._heard[end]
        try:
            part = end.recv(_CHUNK) if end is self._spoken else os.read(end, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            part = b""
        into += part
        del self.errors[_ERRORS:]
        return bool(part)

    def _pipe(self) -> tuple[int, int]:
        ours, theirs = os.pipe()
        self._opened += [ours, theirs]
        os.set_blocking(ours, False)
        return ours, theirs

    def _file(self, content: bytes) -> int:
        """A descriptor to read `content` from that is a file: programs ask for its size, or map it.

        Sealed, so that a program cannot write into it by way of /proc.
        """
        made = os.memfd_create("stdin", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        with os.fdopen(made, "wb", 0) as file:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            fcntl(made, F_ADD_SEALS, _SEALED)
            self._opened.append(os.open(f"/proc/self/fd/{made}", os.O_RDONLY))
        return self._opened[-1]

    def _close(self) -> None:
        for end in self._opened:
            os.close(end)
        self._opened.clear()
