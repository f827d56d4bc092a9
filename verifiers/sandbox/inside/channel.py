"""Messages over a stream socket: one JSON object behind its length, with bytes that follow it."""

import json
import socket
import struct
from typing import Any

_HEAD = struct.Struct("!QQ")
LONGEST = 64 << 20  # bytes of one message


def framed(message: dict[str, Any], body: bytes = b"") -> bytes:
    """A message as it goes over the socket."""
    text = json.dumps(message).encode("ascii")
    return _HEAD.pack(len(text), len(body)) + text + body


def first(data: bytes) -> dict[str, Any]:
    """The first message in `data`, which nobody vouches for; empty where there is none."""
    try:
        size, _ = _HEAD.unpack(data[: _HEAD.size])
        message = json.loads(data[_HEAD.size : _HEAD.size + size])
    except (ValueError, RecursionError, struct.error):
        return {}
    return message if isinstance(message, dict) else {}


class Channel:
    """One end of a conversation in JSON objects, each with a body of bytes (often empty)."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.body = b""

    def send(self, message: dict[str, Any], body: bytes = b"") -> None:
        """Send one message; OSError when the other side is gone."""
        self.sock.sendall(framed(message, body))

    def receive(self) -> dict[str, Any]:
        """The next message; its bytes are in `body`. EOFError when the other side is gone."""
        size, extra = _HEAD.unpack(self._exactly(_HEAD.size))
        if size + extra > LONGEST:
            raise ValueError(f"a message of {size + extra} bytes")
        message = json.loads(self._exactly(size))
        self.body = self._exactly(extra)
        return message

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self.sock.recv(min(size - len(data), 1 << 20))
            if not part:
                raise EOFError("the other side closed the connection")
            data += part
        return bytes(data)
