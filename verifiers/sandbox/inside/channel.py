"""Messages over a stream socket: one JSON object behind its length (and a zero of eight bytes)."""

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_HEAD = struct.Struct("!QQ")
LONGEST = 64 << 20  # bytes of one message
MOST_FILES = 8  # descriptors that come with one message


def framed(message: dict[str, Any]) -> bytes:
    """A message as it goes over the socket."""
    text = json.dumps(message).encode("ascii")
    return _HEAD.pack(len(text), 0) + text


def first(data: bytes | bytearray) -> dict[str, Any]:
    """The first message in `data`, which nobody vouches for; empty where there is none."""
    try:
        size, _ = _HEAD.unpack(data[: _HEAD.size])
        message = json.loads(data[_HEAD.size : _HEAD.size + size])
    except (ValueError, RecursionError, struct.error):
        return {}
    return message if isinstance(message, dict) else {}


def taken(data: bytearray) -> dict[str, Any] | None:
    """The first message in `data`, which is removed from it; None where it is not whole yet.

    Raises ValueError for what cannot be a message: nobody vouches for the other side.
    """
    if len(data) < _HEAD.size:
        return None
    size, extra = _HEAD.unpack(data[: _HEAD.size])
    if extra or size > LONGEST:
        raise ValueError(f"a message of {size + extra} bytes")
    if len(data) < _HEAD.size + size:
        return None
    try:
        message = json.loads(data[_HEAD.size : _HEAD.size + size])
    except RecursionError:
        raise ValueError("a message that is nested too deep") from None
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    del data[: _HEAD.size + size]
    return message


class Channel:
    """One end of a conversation in JSON objects, which may hand over open files."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.files: list[int] = []

    def send(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send one message with descriptors; OSError when the other side is gone."""
        data = framed(message)
        if files:
            data = data[socket.send_fds(self.sock, [data], files) :]
        self.sock.sendall(data)

    def receive(self) -> dict[str, Any]:
        """The next message; its descriptors are in `files`. EOFError: the other side is gone."""
        head, self.files, _, _ = socket.recv_fds(self.sock, _HEAD.size, MOST_FILES)
        if not head:
            raise EOFError("the other side closed the connection")
        size, extra = _HEAD.unpack(head + self._exactly(_HEAD.size - len(head)))
        if extra or size > LONGEST:
            raise ValueError(f"a message of {size + extra} bytes")
        message: dict[str, Any] = json.loads(self._exactly(size))
        return message

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self.sock.recv(min(size - len(data), 1 << 20))
            if not part:
                raise EOFError("the other side closed the connection")
            data += part
        return bytes(data)
