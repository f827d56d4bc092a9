"""A real S3 server on loopback: moto's."""

import uuid
from collections.abc import Iterator

import fsspec
import pytest

from tasks.pool.store import Pool


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a server that runs."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """A pool in a bucket of its own, which this process and its children find."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": s3})
    name = f"b{uuid.uuid4().hex}"
    pool = Pool(f"s3://{name}/pool")
    pool.fs.mkdir(name)
    return pool
