"""Length-prefixed JSON over a socket, between the pool and its workers.

JSON and not pickle: a worker reads text that nobody vouches for, so nothing that it sends back
may be able to run code in the parent.
"""

import json
import socket
import struct
from typing import Any

# Between the pool and the fork server: a command with a process id, answered with the process id.
COMMAND = struct.Struct("!cI")
REPLY = struct.Struct("!I")
FORK, KILL, LOAD = b"F", b"K", b"L"  # FORK comes with the worker's socket attached

_HEAD = struct.Struct("!Q")
_CHUNK = 1 << 20


def send(sock: socket.socket, value: Any) -> None:
    """Send one JSON value; OSError when the other side is gone."""
    body = json.dumps(value).encode("ascii")
    sock.sendall(_HEAD.pack(len(body)) + body)


def take(received: bytearray) -> Any:
    """The first JSON value of what was received, which loses it; None while it is not whole."""
    end = _HEAD.size
    if len(received) >= end:
        end += _HEAD.unpack_from(received)[0]
        if len(received) >= end:
            value = json.loads(received[_HEAD.size : end].decode("ascii"))
            del received[:end]
            return value
    return None


def receive(sock: socket.socket) -> Any:
    """Receive one JSON value; EOFError when the other side closed."""
    (size,) = _HEAD.unpack(_exactly(sock, _HEAD.size))
    return json.loads(_exactly(sock, size))


def _exactly(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = sock.recv(min(size, _CHUNK))
        if not part:
            raise EOFError("the other side closed the connection")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
