"""A signal stops the buying: within five seconds, with nothing left, and what came is not bought
twice. And when the build alone is killed, nothing outlives it.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.conftest import Site, wait_for
from tests.flows.problems import recipe
from tests.flows.test_kill import marked
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

pytestmark = pytest.mark.slow  # each starts processes of its own and takes a minute

COUNT, IN_FLIGHT = 300, 10
PROBLEMS = [{"problem": f"What is {n}+{n % 7}?", "answer": str(n + n % 7)} for n in range(COUNT)]


def prepared(site: Site, server: Server, **more: object) -> None:
    asked = {"name": "t", "model": "teacher", "endpoint": server.url, "in_flight": IN_FLIGHT}
    site.jsonl("p.jsonl", PROBLEMS)
    site.recipe(recipe(teachers=[{**asked, "max_tokens": 256, **more}], steps=["generate"]))


def stopped(site: Site, server: Server, how: int) -> tuple[int, str, float, int]:
    """Stop a build in the middle: its exit code, its words, seconds it took, requests after it."""
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    temporary = site.path("tmp")
    temporary.mkdir(exist_ok=True)
    own = {"LONGCOT_TEST_MARK": mark, "TMPDIR": str(temporary)}
    build = site.start("build", site.own, "--pool", "pool", **own)
    wait_for(lambda: len(server.log) > 3 * IN_FLIGHT or build.poll() is not None, 120)
    assert build.poll() is None
    at, clock = time.time(), time.monotonic()
    build.send_signal(how)
    _, err = build.communicate(timeout=60)
    seconds = time.monotonic() - clock
    wait_for(lambda: not marked(mark), 3)
    wait_for(lambda: not list(temporary.iterdir()), 3)
    return build.returncode, err, seconds, sum(got.at > at + 0.5 for got in server.log)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_the_buying(
    new_site: Callable[..., Site], how: signal.Signals
) -> None:
    site = new_site(server=how == signal.SIGTERM)
    with serve(Behaviour(delay=0.5, metrics=False)) as server:
        prepared(site, server)
        code, err, seconds, after = stopped(site, server, how)
        assert code == 128 + how
        assert after == 0
        assert seconds < 5
        assert "stopped; every answer received is kept" in err
        assert f"longcot build {site.own} --pool pool` goes on" in err
        assert "Traceback" not in err
        server.behaviour = Behaviour(metrics=False)
        assert site.built().line("generate")["out"] == COUNT
        asked_twice = [got for got in server.log if got.attempt > 1]
    assert asked_twice == [], "what was in flight had its time to end"


def test_a_thought_that_streams_is_kept_and_gone_on_with(site: Site) -> None:
    slow = Behaviour(pace=0.05, words=(100, 100), metrics=False)  # five seconds for an answer
    with serve(slow) as server:
        prepared(site, server, stream=True)
        code, err, seconds, _ = stopped(site, server, signal.SIGTERM)
        assert (code, seconds < 5) == (143, True), err
        journal = b"".join(p.read_bytes() for p in Path(site.path("pool/journal")).rglob("*.jsonl"))
        assert journal.count(b'"finish":"interrupted"') > 0
        server.behaviour = Behaviour(words=(100, 100), metrics=False)
        built = site.built()
        traces = built.table("traces")
        assert traces["state"].unique().to_list() == ["complete"]
        assert len(traces) == COUNT
        assert traces.filter(traces["rounds"] > 1).height > 0, "gone on with, not begun again"


def test_nothing_outlives_a_build_that_is_killed_alone(new_site: Callable[..., Site]) -> None:
    site = new_site(server=False)
    with serve(Behaviour(delay=0.5, metrics=False)) as server:
        prepared(site, server)
        code, _, _, after = stopped(site, server, signal.SIGKILL)
        assert (code, after) == (-signal.SIGKILL, 0)
