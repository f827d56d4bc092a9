import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from schemas.vocabulary import Verdict
from tests import ROOT
from tests.patience import patience
from verifiers import VERSION, Pool, Problem

ASKED = Problem("p", "What is 6 times 7?", "42", "math")


@pytest.fixture(scope="module")
def pool():
    with Pool(2) as pool:
        yield pool


@pytest.fixture
def hostile():
    with Pool(2, wall=1.0, memory=1_200_000_000, calls="tests.verifiers.hostile") as pool:
        yield pool


def reasons(results):
    return [result.reason for result in results]


def test_verify_and_audit_go_through_the_workers(pool):
    (good, bad) = pool.map("verify", [(ASKED, r"\boxed{42}"), (ASKED, r"\boxed{41}")])
    assert (good.verdict, good.reason, good.extracted) == (Verdict.CORRECT, "equal.string", "42")
    assert (bad.verdict, bad.reason, bad.extracted) == (Verdict.INCORRECT, "differ.value", "41")
    assert good.version == VERSION and good.verifier == "math" and good.seconds > 0
    no_gold = Problem("q", "", None, None)
    assert reasons(pool.map("audit", [(ASKED,), (no_gold,)])) == [
        "equal.string",
        "undecided.no_gold",
    ]


def test_no_items_no_answers(pool):
    assert pool.map("verify", []) == []


def test_the_order_of_the_items_is_kept(pool):
    results = pool.map("verify", [(ASKED, rf"\boxed{{{n}}}") for n in range(1000)])
    assert [int(result.extracted) for result in results] == list(range(1000))
    assert [r.reason for r in results].count("equal.string") == 1


def test_strange_text_arrives_as_it_was_sent(pool):
    text = "lone surrogate \ud800, nul \x00, \U0001d7cf: \\boxed{42}"
    assert reasons(pool.map("verify", [(ASKED, text)])) == ["equal.string"]


def test_a_response_of_fifty_megabytes(pool):
    (result,) = pool.map("verify", [(ASKED, "wait, " * 8_400_000 + r"\boxed{42}")])
    assert result.reason == "equal.string"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("spin", "undecided.timeout"),
        ("hog", "undecided.memory"),
        ("crash", "undecided.worker_lost"),
        ("leave", "undecided.worker_lost"),
        ("raise", "undecided.error"),
        ("write", "undecided.error"),
        ("connect", "undecided.error"),
        ("fork", "undecided.error"),
        ("recurse", "undecided.limit"),
        ("print", "equal.exact"),
    ],
)
def test_a_bad_item_costs_itself_only(hostile, what, reason):
    results = hostile.map("verify", [(ASKED, w) for w in ["a", what, "b", "c"]])
    assert [r.reason for r in results] == ["equal.exact", reason, "equal.exact", "equal.exact"]
    assert results[1].verdict == (
        Verdict.CORRECT if reason.startswith("equal") else Verdict.UNDECIDED
    )
    assert reasons(hostile.map("verify", [(ASKED, "d")])) == ["equal.exact"]


def test_an_item_that_killed_a_worker_is_not_run_again(hostile):
    assert reasons(hostile.map("verify", [(ASKED, "spin")])) == ["undecided.timeout"]
    started = time.monotonic()
    results = hostile.map("verify", [(ASKED, "spin"), (ASKED, "a")] * 20)
    assert reasons(results) == ["undecided.timeout", "equal.exact"] * 20
    assert time.monotonic() - started < patience(0.9)


def test_the_deadline_is_kept(hostile):
    hostile.map("verify", [(ASKED, "a")])  # the fork server is up
    started = time.monotonic()
    hostile.map("verify", [(ASKED, "spin")])
    assert 0.9 < time.monotonic() - started < patience(3)


def test_a_lost_fork_server_is_replaced(hostile):
    before = hostile.map("verify", [(ASKED, "a")])[0].extracted
    for child in psutil.Process().children():
        if "verifiers.workers.fork_server" in child.cmdline():
            child.kill()
    time.sleep(0.5)  # its workers go with it
    results = hostile.map("verify", [(ASKED, "a"), (ASKED, "b"), (ASKED, "c")])
    assert reasons(results) == ["equal.exact"] * 3  # no item is blamed for it
    assert results[-1].extracted.split("/")[1] != before.split("/")[1]


def test_several_threads_share_the_workers(pool):
    def ask(n):
        results = pool.map("verify", [(ASKED, rf"\boxed{{{n}}} {i}") for i in range(200)])
        return {result.extracted for result in results}

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(ask, range(6))) == [{str(n)} for n in range(6)]


def test_asyncio_and_its_loop_stay_usable(pool):
    async def both():
        items = [(ASKED, r"\boxed{42}")] * 50
        return await asyncio.gather(*(asyncio.to_thread(pool.map, "verify", items) for _ in "ab"))

    assert [len(results) for results in asyncio.run(both())] == [50, 50]


def test_the_callers_alarm_is_left_alone(pool):
    rung = threading.Event()
    old = signal.signal(signal.SIGALRM, lambda *_: rung.set())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        pool.map("verify", [(ASKED, r"\boxed{\int_0^1 x\,dx}")] * 10)
        assert rung.wait(2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def test_closing_ends_all_processes_and_a_closed_pool_says_so():
    before = set(psutil.Process().children(recursive=True))
    pool = Pool(2)
    pool.map("verify", [(ASKED, "42")] * 10)
    mine = set(psutil.Process().children(recursive=True)) - before
    assert len(mine) >= 2  # the fork server and a worker
    pool.close()
    pool.close()
    assert gone(mine)
    with pytest.raises(RuntimeError, match="closed"):
        pool.map("verify", [(ASKED, "42")])


def gone(processes, seconds=2.0):
    _, alive = psutil.wait_procs(processes, timeout=patience(seconds))
    return not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


PARENT = """
import sys, threading, time
from verifiers import Pool, Problem
pool = Pool(2, wall=60, calls="tests.verifiers.hostile")
asked = Problem("p", "", "42", "math")
pool.map("verify", [(asked, "a"), (asked, "b")])
threading.Thread(target=pool.map, args=("verify", [(asked, "spin")]), daemon=True).start()
time.sleep(0.5)
print("ready", flush=True)
time.sleep(60)
"""


def test_a_killed_parent_leaves_nothing_behind(tmp_path):
    (tmp_path / "math.py").write_text("raise SystemExit('a file of the user was imported')")
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c", PARENT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout.readline() == "ready\n"
    family = psutil.Process(parent.pid).children(recursive=True)
    assert len(family) >= 2  # the fork server and at least the spinning worker
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(family)


def test_a_slow_batch_leaves_no_worker_idle(monkeypatch):
    """The first batch ends when all others have: none of them may wait for it."""
    items = [(number,) for number in range(640)]
    done, rest = [], threading.Event()

    def run(self, call, batch):
        if batch[0] == (0,):
            assert rest.wait(60), "the others wait for the first"
        else:
            done.extend(batch)
            if done[-1] == items[-1]:
                rest.set()
        return batch

    monkeypatch.setattr(Pool, "_run", run)
    with Pool(2) as pool:
        assert pool._map("verify", items) == items
