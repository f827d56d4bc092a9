"""A real S3 server on loopback: moto's, which fails now and then where a test asks for it."""

import random
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import fsspec
import pytest

from tasks.pool.store import Pool

PROBLEMS = ("500", "503", "dropped", "lost", "half")
"""Refused for reasons of the server's; to slow down; a connection that ends before the request is
looked at, before it is answered, and in the middle of the answer.
"""

REFUSED = "<Error><Code>{}</Code><Message>Please try again.</Message></Error>"


class Unreliable:
    """A WSGI application around moto's.

    share: of the requests have a problem, each of PROBLEMS as often
    page: so many names at most in each answer to a listing; None: as many as are asked for
    had: how many requests had each problem
    read: bytes of objects that were sent
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self._lock, self._chance = threading.Lock(), random.Random(1)
        self.reset()

    def reset(self, share: float = 0.0, page: int | None = None) -> None:
        """Be like this from now on, and count anew."""
        self.share, self.page = share, page
        self.had: Counter[str] = Counter()
        self.read = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            problem = self._chance.choice(PROBLEMS) if self._chance.random() < self.share else ""
            self.had[problem] += 1
        if problem == "dropped":
            return _hung_up(environ)
        if problem in ("500", "503"):
            code = {"500": "InternalError", "503": "SlowDown"}[problem]
            start_response(f"{problem} {code}", [("Content-Type", "application/xml")])
            return [REFUSED.format(code).encode()]
        if self.page and "list-type=2" in environ["QUERY_STRING"]:
            environ["QUERY_STRING"] += f"&max-keys={self.page}"
        answer = b"".join(self.app(environ, start_response))
        if problem == "lost":
            return _hung_up(environ)
        self.read += len(answer)
        return _half(environ, answer) if problem == "half" else [answer]


def _half(environ: dict[str, Any], answer: bytes) -> Iterator[bytes]:
    yield answer[: len(answer) // 2]
    yield from _hung_up(environ)


def _hung_up(environ: dict[str, Any]) -> list[bytes]:
    """End the connection."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


class Server:
    """Its address, and how it is."""

    def __init__(self) -> None:
        server = pytest.importorskip("moto.server")
        from werkzeug.serving import make_server

        self.unreliable = Unreliable(server.DomainDispatcherApplication(server.create_backend_app))
        self._serving = make_server("127.0.0.1", 0, self.unreliable, threaded=True)
        self.url = f"http://127.0.0.1:{self._serving.server_port}"
        self._thread = threading.Thread(target=self._serving.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._serving.shutdown()
        self._thread.join()
        self._serving.server_close()


@pytest.fixture(scope="session")
def s3() -> Iterator[Server]:
    """A server that runs."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def bucket(s3: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool in a bucket of its own, which this process and its children find."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3.url,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": s3.url})
    name = f"b{uuid.uuid4().hex}"
    pool = Pool(f"s3://{name}/pool")
    pool.fs.mkdir(name)
    yield pool
    s3.unreliable.reset()
