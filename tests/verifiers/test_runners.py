"""The pool inside what others run their jobs with: a Prefect task, a Dask and a Ray worker.

Each process that judges makes a pool of its own and closes it; nothing is handed between them.
"""

from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.patience import patience
from verifiers import Pool, Problem

ASKED = Problem("p", "What is 6 times 7?", "42", "math")
EXPECTED = ["equal.exact", "differ.value", "no_answer.not_found"]


def judged() -> tuple[list[str], int]:
    """The reasons, and how many processes outlived the pool that gave them."""
    before = set(psutil.Process().children(recursive=True))
    with Pool(2) as pool:
        responses = (r"\boxed{84/2}", r"\boxed{41}", "I do not know.")
        results = pool.map("verify", [(ASKED, response) for response in responses])
    left = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(left, timeout=patience(2))
    return [result.reason for result in results], len(alive)


def test_in_prefect_tasks_that_run_in_threads():
    prefect = pytest.importorskip("prefect")
    task = prefect.task(judged)
    with ThreadPoolExecutor(2) as threads:  # as its runner calls them, without a server
        found = [future.result() for future in [threads.submit(task.fn) for _ in range(2)]]
    assert [reasons for reasons, _ in found] == [EXPECTED] * 2


@pytest.mark.slow
def test_in_a_prefect_flow():
    prefect = pytest.importorskip("prefect")
    pytest.importorskip("prefect.testing.utilities")
    task = prefect.task(judged)

    @prefect.flow
    def flow() -> list[tuple[list[str], int]]:
        return [future.result() for future in [task.submit() for _ in range(2)]]

    with prefect.testing.utilities.prefect_test_harness():  # a server that ends with the test
        assert [reasons for reasons, _ in flow()] == [EXPECTED] * 2


@pytest.mark.slow
def test_in_dask_workers():
    distributed = pytest.importorskip("distributed", reason="pip install dask distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        workers = list(client.scheduler_info()["workers"])
        futures = [client.submit(judged, workers=[name], pure=False) for name in workers]
        assert client.gather(futures) == [(EXPECTED, 0)] * 2


@pytest.mark.slow
def test_in_ray_workers(monkeypatch, tmp_path):
    ray = pytest.importorskip("ray", reason="pip install ray")
    monkeypatch.setenv("HOME", str(tmp_path))  # it writes there
    ray.init(num_cpus=2, include_dashboard=False)
    try:
        remote = ray.remote(judged)
        assert ray.get([remote.remote() for _ in range(2)]) == [(EXPECTED, 0)] * 2
    finally:
        ray.shutdown()
