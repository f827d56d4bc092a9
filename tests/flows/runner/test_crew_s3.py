"""A pool on an S3 that fails now and then has the bytes of one in a folder."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tasks.pool.store import Pool
from tests.flows.conftest import Site
from tests.flows.runner.test_crew import WORKERS, funnel, plain, tables
from tests.flows.test_kill import digests, marked
from tests.patience import patience, wait_for
from tests.servers.s3 import PROBLEMS, Server

__all__ = ["plain"]

pytestmark = pytest.mark.slow  # each starts a cluster


@pytest.mark.parametrize("runner", ["threads", "dask", "ray"])
def test_a_pool_on_s3_has_the_same_bytes(
    plain: Site, bucket: Pool, s3: Server, runner: str, tmp_path: Path
) -> None:
    if runner in WORKERS:
        pytest.importorskip(f"prefect_{runner}")
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    there = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    s3.unreliable.reset(share=0.05, page=3)
    asked = ["--pool", bucket.url, "--runner", runner, "--workers", "3"]
    build = plain.start("build", plain.own, *asked, LONGCOT_TEST_MARK=mark, **there)

    def workers() -> list[psutil.Process]:
        return [p for p in marked(mark) if WORKERS[runner] in " ".join(p.cmdline())]

    def begun() -> bool:
        return bool(bucket.fs.glob(bucket.path("receipts/screen/*.json")))

    try:
        if runner in WORKERS:
            wait_for(lambda: (begun() and workers()) or build.poll() is not None, 240)
            busiest = max(workers(), key=lambda p: sum(p.cpu_times()[:2]))
            busiest.send_signal(signal.SIGKILL)
        _, err = build.communicate(timeout=patience(300))
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
    wait_for(lambda: not marked(mark), 20, "for every worker to be gone")
