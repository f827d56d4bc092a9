"""What a SIGKILL costs: answers, tokens and time, counted at the server, beside peers.

    python -m benchmarks.asking.kill WORK_DIR [--prompts 300] [--in-flight 20] [--kills 10]

Each contender first does the job undisturbed. Then, `--kills` times from nothing: it is started,
killed with its whole process group at a random moment of the time it takes, started again, and
left to end. Lost is what the server had answered before the kill, whole, into an open connection,
and was asked for again; what it answers afterwards was in flight, and is lost for everybody. An
answer may lie in the socket, unread, when the kill comes: `oldest` tells these milliseconds from a
lost batch.
The moments are drawn once, as shares of the time each contender takes, so that all are hit at the
same places. In the end every prompt must have its one answer.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.asking.contest import NEEDS, answers, asked, begin, end, environment, received
from tests.servers.behaviour import Behaviour, Received, read_log
from tests.servers.faulty import serve_apart

KEEPERS = ["longcot", "curator", "distilabel", "datatrove"]
"""Contenders that keep anything."""

BEHAVIOUR = Behaviour(dialect="inline", words=(50, 350), rate=200.0, slots=4096, metrics=False)
"""Answers of 60 to 360 tokens, 0.3 to 1.8 seconds."""


PATIENCE = 5
"""Times an undisturbed run that the run after a kill may take."""


class Loss(NamedTuple):
    """What one kill cost."""

    answers: int
    """Answers that were asked for again."""
    tokens: int
    oldest: float
    """How long before the kill the oldest of them was given, in seconds."""
    in_flight: int
    """Requests that the kill broke off."""
    seconds: float
    """Wall time of both runs, start included, beyond that of one undisturbed."""


def lost(log: list[Received], prompts: list[str], at: float) -> tuple[int, int, float]:
    """Answers given before the kill and again after it, their tokens, and the oldest's age."""
    held: dict[str, float] = {}
    count = tokens = 0
    oldest = 0.0
    for got in sorted((r for r in log if r.completed), key=given):
        if held.get(got.question, at) < at:
            count, tokens = count + 1, tokens + got.tokens
            oldest = max(oldest, at - held[got.question])
        held.setdefault(got.question, given(got))
    assert held.keys() >= set(prompts), f"{len(set(prompts) - held.keys())} were never answered"
    return count, tokens, oldest


def given(got: Received) -> float:
    """When a request was answered, in Unix seconds."""
    return got.at + (got.seconds or 0.0)


def wait_for_requests(url: str) -> None:
    """Until the first request is in the server."""
    until = time.monotonic() + 120
    while not received(url):
        assert time.monotonic() < until, "no request came"
        time.sleep(0.02)


def undisturbed(
    name: str, python: Path, prompts: list[str], work: Path, in_flight: int
) -> tuple[float, float]:
    """Seconds of a whole run, and from its first request to its end."""
    with serve_apart(BEHAVIOUR, work / "server.jsonl") as url:
        began = time.monotonic()
        process = begin(name, python, url, prompts, work, in_flight)
        wait_for_requests(url)
        first = time.monotonic()
        end(process, work)
        now = time.monotonic()
    log = read_log(work / "server.jsonl")
    assert asked(log, prompts) == dict.fromkeys(prompts, 1), name
    return now - began, now - first


def killed(
    name: str,
    python: Path,
    prompts: list[str],
    work: Path,
    in_flight: int,
    after: float,
    patience: float,
) -> tuple[Loss, float]:
    """Kill a run `after` seconds from its first request and let another end it."""
    with serve_apart(BEHAVIOUR, work / "server.jsonl") as url:
        began = time.monotonic()
        process = begin(name, python, url, prompts, work, in_flight)
        wait_for_requests(url)
        time.sleep(after)
        assert process.poll() is None, f"{name} ended before it was killed"
        at = time.time()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        end(begin(name, python, url, prompts, work, in_flight), work, patience)
        took = time.monotonic() - began
    log = read_log(work / "server.jsonl")
    told = answers(work)
    assert sorted(prompt for prompt, _ in told) == sorted(prompts), f"{name}: answers are missing"
    broken = sum(r.question in prompts and r.at < at < given(r) for r in log)
    return Loss(*lost(log, prompts, at), broken, 0.0), took


def contest(name: str, python: Path, folder: Path, shares: list[float], size: int, k: int) -> None:
    """All kills of one contender; prints what each cost, and the whole."""
    prompts = [f"What is {i}+7?" for i in range(size)]
    whole, asking = 0.0, 0.0
    losses = []
    for number in range(len(shares) + 1):
        work = folder / f"{name}-{number}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        if number == 0:
            whole, asking = undisturbed(name, python, prompts, work, k)
            print(f"{name}: undisturbed {whole:.1f} s, {asking:.1f} s of it asking", flush=True)
            continue
        after = shares[number - 1] * asking
        patience = PATIENCE * whole
        try:
            loss, took = killed(name, python, prompts, work, k, after, patience)
        except subprocess.TimeoutExpired:
            print(f"{name}: killed after {after:4.1f} s: not ended {patience:.0f} s later")
            continue
        losses.append(loss._replace(seconds=took - whole))
        print(f"{name}: killed after {after:4.1f} s: {losses[-1]}", flush=True)
    print(f"{name}: {len(losses)} of {len(shares)} were ended by a second run")
    for field in Loss._fields if losses else ():
        values = [getattr(loss, field) for loss in losses]
        print(
            f"{name:10} {field:10} lost per kill: "
            f"mean {statistics.mean(values):8.2f}, most {max(values):8.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", type=Path, help="where their environments are or go")
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--in-flight", type=int, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--contenders", nargs="+", choices=NEEDS, default=KEEPERS)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    peers = (arguments.peers or folder / "peers").resolve()
    moments = random.Random(arguments.seed)
    shares = [moments.uniform(0.02, 0.95) for _ in range(arguments.kills)]
    for name in arguments.contenders:
        if python := environment(name, peers, NEEDS[name]):
            contest(name, python, folder, shares, arguments.prompts, arguments.in_flight)


if __name__ == "__main__":
    main()
