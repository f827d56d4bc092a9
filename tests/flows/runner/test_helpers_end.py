"""Processes beside a build: the same bytes with them, and none is left however the build ends."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.flows.conftest import Site
from tests.flows.inline import build as build_here
from tests.flows.problems import STEPS, problems, recipe, traces
from tests.flows.runner.test_crew import tables
from tests.flows.test_kill import digests, marked
from tests.patience import patience, wait_for

ROWS = 6_000
"""Problems; their three traces each are more than are read before there are processes."""


def helpers(mark: str) -> list[psutil.Process]:
    return [one for one in marked(mark) if "popen_loky" in " ".join(one.cmdline())]


def prepare(site: Site) -> None:
    site.jsonl("p.jsonl", problems(0, ROWS))
    site.jsonl("t.jsonl", traces(0, ROWS, chars=300))
    sources, teachers = [{"path": "p.jsonl"}], [{"name": "t", "recorded": "t.jsonl"}]
    site.recipe(recipe(sources=sources, teachers=teachers, steps=STEPS))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_build(site: Site, number: int) -> None:
    prepare(site)
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    build = site.start("build", site.own, "--pool", "pool", LONGCOT_TEST_MARK=mark)
    try:
        wait_for(lambda: bool(helpers(mark)) or build.poll() is not None, 240)
        assert build.poll() is None
        build.send_signal(number)
        _, err = build.communicate(timeout=patience(60))
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
            build.communicate()
    wait_for(lambda: not marked(mark), 20, "for every process to be gone")
    assert "Traceback" not in err and "leaked" not in err, err
    after = site.built()
    assert after.line("generate", "t")["in"] == len(list(traces(0, ROWS, chars=300)))


@pytest.mark.slow
def test_what_comes_out_is_what_comes_out_without_them(site: Site, tmp_path: Path) -> None:
    prepare(site)
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    build = site.start("build", site.own, "--pool", "pool", LONGCOT_TEST_MARK=mark)
    wait_for(lambda: bool(helpers(mark)) or build.poll() is not None, 240)
    one = helpers(mark)[0]
    one.send_signal(signal.SIGKILL)  # what it was at is begun again
    _, err = build.communicate(timeout=patience(300))
    assert build.returncode == 0 and "Traceback" not in err, err
    pool = tmp_path / "alone"
    build_here(str(site.path(site.own)), str(pool))
    there = site.path("pool")
    assert tables(pool) == tables(there) and digests(pool) == digests(there)
