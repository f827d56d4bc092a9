"""SIGKILL while a teacher is asked: nothing received is lost, nothing completed is asked again."""

import os
import random
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from schemas.recipe.teachers import Live
from tasks.pool.store import Pool
from tests import ROOT
from tests.patience import wait_for
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.llm.site import ask, rows, sums, teacher

PROBLEMS, SAMPLES, IN_FLIGHT = 100, 4, 16

READING = 0.3
"""Seconds from the server's last byte to the client's journal on a busy machine."""


def start(pool: Pool, asked: Live) -> subprocess.Popen[bytes]:
    what = [pool.root, asked.model_dump_json(by_alias=True), str(PROBLEMS)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.tasks.llm.killable", *what],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def lost(server: Server, kills: list[float]) -> int:
    """Delivered completions that were asked for again although the client had time to read them.

    What was delivered within `READING` before a kill, or after it, was still in flight.
    """
    again = {received.digest for received in server.log if received.attempt > 1}
    found = 0
    for received in server.log:
        if received.completed and received.digest in again and received.attempt == 1:
            delivered = received.at + (received.seconds or 0)
            found += not any(received.at < kill < delivered + READING for kill in kills)
    return found


def _begun(server: Server, before: int, run: subprocess.Popen[bytes]) -> bool:
    """Whether a run has asked for something, or has ended."""
    return len(server.log) > before or run.poll() is not None


def kill_and_resume(pool: Pool, kills: int) -> None:
    draw = random.Random(kills)
    slow = Behaviour(rate=300, words=(20, 60), slots=IN_FLIGHT)
    with serve(slow) as server:
        asked = teacher(server, samples=SAMPLES, in_flight=IN_FLIGHT)
        times = []
        for _ in range(kills):
            before = len(server.log)
            run = start(pool, asked)
            wait_for(partial(_begun, server, before, run), 60)
            time.sleep(draw.uniform(0.0, 1.0))
            times.append(time.time())
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        assert 0 < len([r for r in server.log if r.completed]) < PROBLEMS * SAMPLES
        server.behaviour = Behaviour(words=(20, 60))
        taken = ask(pool, sums(pool, PROBLEMS), asked)
        found = rows(pool, taken)
        assert len(found) == found["trace_id"].n_unique() == PROBLEMS * SAMPLES
        assert found["state"].unique().to_list() == ["complete"]
        assert lost(server, times) == 0


@pytest.mark.slow
def test_a_killed_run_asks_again_only_for_what_was_in_flight(pool: Pool) -> None:
    kill_and_resume(pool, kills=2)


@pytest.mark.slow
def test_ten_kills(pool: Pool) -> None:
    kill_and_resume(pool, kills=10)
