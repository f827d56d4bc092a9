"""A pool on an S3 that fails now and then has the bytes of one in a folder."""

import os
import signal
from pathlib import Path

import pytest

from tasks.pool.store import Pool
from tests.flows.conftest import Site
from tests.flows.runner.test_crew import funnel, plain, tables
from tests.flows.test_kill import digests
from tests.patience import patience
from tests.servers.s3 import PROBLEMS, Server

__all__ = ["plain"]

pytestmark = pytest.mark.slow  # some 10,000 requests


def test_a_pool_on_s3_has_the_same_bytes(
    plain: Site, bucket: Pool, s3: Server, tmp_path: Path
) -> None:
    there = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    s3.unreliable.reset(share=0.05, page=3)
    build = plain.start("build", plain.own, "--pool", bucket.url, **there)
    try:
        _, err = build.communicate(timeout=patience(400))
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
            build.communicate()
    assert build.returncode == 0, err
    assert "Traceback" not in err
    assert {*PROBLEMS} <= {*s3.unreliable.had}
    s3.unreliable.reset()
    bucket.fs.get(bucket.root, str(tmp_path / "copy"), recursive=True)
    before, after = plain.path("plain"), tmp_path / "copy"
    assert funnel(before) == funnel(after)
    assert tables(before) == tables(after)
    assert digests(before) == digests(after)
