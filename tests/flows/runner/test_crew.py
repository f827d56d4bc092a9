"""The same bytes from threads, processes, Dask and Ray, with a worker killed in the middle."""

import os
import signal
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest

from flows.runner.task_runners import made
from schemas.errors import MachineError
from schemas.recipe.run import Run
from tests.flows.conftest import Built, Site
from tests.flows.problems import STEPS, problems, recipe, traces
from tests.flows.test_kill import digests, marked
from tests.patience import patience, wait_for

SOURCES = 6
"""Each makes a shard of problems, and each teacher one of traces."""

WORKERS = {
    "processes": "multiprocessing.spawn",
    "dask": "multiprocessing.spawn",
    "ray": "ray::",
}
"""What stands in the command line of a worker."""


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_a_missing_package_is_named(runner: Any) -> None:
    if find_spec(f"prefect_{runner}"):
        pytest.skip(f"prefect-{runner} is installed here")
    with pytest.raises(MachineError, match=rf"install `longcot\[{runner}\]`"):
        made(Run(runner=runner), 2)


def test_a_runner_that_is_none_is_told(site: Site) -> None:
    prepare(site)
    assert (
        "'threads', 'processes', 'dask' or 'ray'"
        in site.longcot("build", site.own, "--runner", "slurm").complaint()
    )
    assert (
        "for the runners dask and ray; threads has none"
        in site.longcot("build", site.own, "--address", "tcp://head:8786").complaint()
    )


def prepare(site: Site, **more: Any) -> None:
    """A recipe over several shards of every table."""
    names = [f"p{n}" for n in range(SOURCES)]
    for n, name in enumerate(names):
        site.jsonl(f"{name}.jsonl", problems(40 * n, 40 * n + 40))
        site.jsonl(f"t{n}.jsonl", traces(40 * n, 40 * n + 40, chars=2000))
    teachers = [{"name": f"t{n}", "recorded": f"t{n}.jsonl"} for n in range(SOURCES)]
    sources = [{"path": f"{name}.jsonl"} for name in names]
    site.recipe(recipe(sources=sources, teachers=teachers, steps=[*STEPS, "dedupe_traces"], **more))


def tables(pool: Path) -> dict[str, Any]:
    """The bytes of every shard; verdicts also say how long each took: theirs without that."""
    found: dict[str, Any] = {}
    for path in sorted(pool.glob("[a-z]*/*-*.parquet")):
        same = path.parent.name != "verdicts"
        frame = None if same else pl.read_parquet(path).drop("seconds").rows()
        found[f"{path.parent.name}/{path.name}"] = path.read_bytes() if same else frame
    return found


def funnel(pool: Path) -> Any:
    return Built(pool).report["funnel"]


@pytest.fixture(scope="module")
def plain(new_site: Callable[..., Site]) -> Site:
    """A site with a build of one thread in `plain`."""
    site = new_site()
    prepare(site)
    run = site.longcot("build", site.own, "--pool", "plain", "--workers", "1")
    assert run.code == 0, run.err
    return site


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["processes", "dask", "ray"])
def test_other_workers_make_the_same_bytes_though_one_is_killed(plain: Site, runner: str) -> None:
    if runner != "processes":
        pytest.importorskip(f"prefect_{runner}")
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    asked = [
        "--pool",
        runner,
        "--runner",
        runner,
        "--workers",
        "4" if runner == "processes" else "3",
    ]
    build = plain.start("build", plain.own, *asked, LONGCOT_TEST_MARK=mark)
    pool = plain.path(runner)

    def workers() -> list[psutil.Process]:
        return [p for p in marked(mark) if WORKERS[runner] in " ".join(p.cmdline())]

    try:
        begun = pool / "receipts" / "screen"
        wait_for(lambda: (begun.is_dir() and workers()) or build.poll() is not None, 240)
        busiest = max(workers(), key=lambda p: sum(p.cpu_times()[:2]))
        busiest.send_signal(signal.SIGKILL)
        _, err = build.communicate(timeout=patience(300))
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
            build.communicate()
    assert build.returncode == 0, err
    assert "Traceback" not in err
    before, after = plain.path("plain"), plain.path(runner)
    assert funnel(before) == funnel(after)
    assert tables(before) == tables(after)
    assert digests(before) == digests(after)
    wait_for(lambda: not marked(mark), 20, "for every worker to be gone")


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["processes", "dask", "ray"])
def test_a_signal_ends_the_build_and_its_workers(plain: Site, runner: str) -> None:
    if runner != "processes":
        pytest.importorskip(f"prefect_{runner}")
    mark, pool = f"{os.getpid()}-{time.monotonic_ns()}", f"stopped-{runner}"
    asked = ["--pool", pool, "--runner", runner, "--workers", "2"]
    build = plain.start("build", plain.own, *asked, LONGCOT_TEST_MARK=mark)
    begun = plain.path(pool) / "receipts" / "screen"
    try:
        wait_for(lambda: begun.is_dir() or build.poll() is not None, 240)
        build.send_signal(signal.SIGTERM)
        _, err = build.communicate(timeout=patience(60))
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
            build.communicate()
    assert build.returncode == 128 + signal.SIGTERM, err
    assert err.splitlines()[-1].startswith("longcot: stopped; everything finished is kept"), err
    wait_for(lambda: not marked(mark), 20, "for every worker to be gone")
