"""SIGKILL at any moment: a re-run ends with the same bytes, and nothing finished is done twice."""

import hashlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.flows.conftest import Built, Site
from tests.flows.problems import STEPS, problems, recipe, traces
from tests.patience import patience, wait_for

pytestmark = pytest.mark.slow  # each starts processes of its own and takes a minute

GONE_WITHIN = 5.0
"""Seconds in which every process of a killed build is gone."""

VIEWS = {
    "sft": {"where": "verdict = 'correct'", "shard_tokens": 40_000},
    "pairs": {"chosen": "verdict = 'correct'", "rejected": "verdict = 'incorrect'"},
    "rlvr": {},
}


def digests(pool: Path) -> dict[str, str]:
    """The sha256 of every released file."""
    files = sorted((pool / "releases").glob("[!.]*/*"))
    return {f"{f.parent.name}/{f.name}": hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def marked(mark: str) -> list[psutil.Process]:
    """The live processes that carry a mark in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("LONGCOT_TEST_MARK") == mark and process.status() != "zombie":
                found.append(process)
        except psutil.Error:
            continue
    return found


def kill_after(site: Site, pool: str, delay: float) -> bool:
    """Start a build, kill its group `delay` seconds after its pool is first touched.

    True if it was killed, False if it had ended by itself.
    """
    lock = site.path(pool) / ".lock"
    lock.unlink(missing_ok=True)
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    build = site.start("build", site.own, "--pool", pool, LONGCOT_TEST_MARK=mark)
    try:
        wait_for(lambda: lock.exists() or build.poll() is not None, 120)
        time.sleep(delay)
        ended = build.poll() is not None
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
        build.communicate()
    wait_for(lambda: not marked(mark), GONE_WITHIN, "for every process of the build to be gone")
    assert build.returncode in (0, -signal.SIGKILL)
    return not ended


def finished(pool: Path) -> dict[str, tuple[int, int]]:
    """What a killed build had finished: receipts, the shards they name, and released files."""
    return {
        name: facts
        for name, facts in Built(pool).work().items()
        if name.startswith(("receipts/", "releases/"))
        or (pool / "receipts" / shard_receipt(name)).exists()
    }


def shard_receipt(shard: str) -> str:
    """The receipt of a table's shard: `verdicts/verify-1a2b.parquet` -> `verify/1a2b.json`."""
    stage, _, key = Path(shard).stem.rpartition("-")
    return f"{stage}/{key}.json"


def endure(site: Site, shares: list[float], seconds: float, whole: dict[str, str]) -> int:
    """Kill a build at each share of the seconds that one takes, each in a pool of its own, and
    finish it; counts the kills.

    One that ended before its moment tells that builds take less by now: other work has left.
    """
    kills = 0
    for number, share in enumerate(shares):
        pool, moment = f"killed-{number}", seconds * share
        killed = kill_after(site, pool, moment)
        kills += killed
        seconds = seconds if killed else moment
        before = finished(site.path(pool))
        again = site.built(pool)
        after = again.work()
        assert [name for name in before if after.get(name) != before[name]] == [], moment
        assert digests(site.path(pool)) == whole, moment
        left = [str(path) for path in again.folder.rglob("*.tmp")]
        assert left == [], moment
    return kills


def undisturbed(site: Site) -> tuple[dict[str, str], float]:
    """The digests of a build that nobody kills, and the seconds that it worked on its pool."""
    pool = site.path("whole")
    build = site.start("build", site.own, "--pool", "whole")
    try:
        wait_for(lambda: (pool / ".lock").exists() or build.poll() is not None, 120)
        began = time.monotonic()
        _, err = build.communicate(timeout=patience(500))
    except subprocess.TimeoutExpired:
        build.kill()
        raise
    assert build.returncode == 0, err
    return digests(pool), time.monotonic() - began


def small(site: Site) -> None:
    """Six trace shards and several released files; 4 MB of text."""
    for part in range(3):
        first = part * 40
        site.jsonl(f"p{part}.jsonl", problems(first, first + 40))
        site.jsonl(f"t{part}.jsonl", traces(first, first + 40, samples=2, chars=8_000))
        site.jsonl(f"u{part}.jsonl", traces(first, first + 40, samples=1, chars=16_000))
    site.recipe(
        recipe(
            sources=[{"path": f"p{part}.jsonl"} for part in range(3)],
            teachers=[
                {"name": f"{name}{part}", "recorded": f"{name}{part}.jsonl"}
                for name in "tu"
                for part in range(3)
            ],
            steps=STEPS,
            views=VIEWS,
        )
    )


def test_a_killed_build_ends_with_the_same_bytes(site: Site) -> None:
    small(site)
    whole, seconds = undisturbed(site)
    assert len(whole) > 5
    draw = random.Random(7)
    shares = [(part + draw.random()) / 3 for part in range(3)]
    assert endure(site, shares, seconds, whole) >= 2


def test_a_killed_build_takes_its_own_server_along(new_site: Callable[..., Site]) -> None:
    site = new_site(server=False)
    small(site)
    assert kill_after(site, "pool", 0.5)


@pytest.mark.slow
def test_twenty_kills_of_twenty_thousand_traces(site: Site) -> None:
    for part in range(4):
        first = part * 1000
        site.jsonl(f"p{part}.jsonl", problems(first, first + 1000))
    site.jsonl("t.jsonl", traces(0, 4000, samples=5, chars=8_000))
    views = {**VIEWS, "sft": {"where": "verdict = 'correct'", "shard_tokens": 4_000_000}}
    site.recipe(
        recipe(sources=[{"path": f"p{part}.jsonl"} for part in range(4)], steps=STEPS, views=views)
    )
    whole, seconds = undisturbed(site)
    draw = random.Random(20)
    assert endure(site, [draw.random() for _ in range(20)], seconds, whole) >= 15
