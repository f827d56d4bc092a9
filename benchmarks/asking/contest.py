"""What the client benchmarks share: the contenders' environments, one run of one, the counting."""

import json
import os
import signal
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.servers.behaviour import Received

NEEDS: dict[str, list[str]] = {
    "longcot": [],  # the environment that runs the benchmark
    "bare": ["openai[aiohttp]==3.52.0"],
    "curator": ["bespokelabs-curator==0.1.31"],
    "distilabel": ["distilabel[openai]==1.5.3", "requests"],
    "datatrove": ["datatrove[inference]==0.10.1"],
    "litellm": ["litellm==1.110.2"],
    "sockets": ["aiohttp==3.14.5"],
}
"""What to install for each contender, in an environment of its own: they exclude each other."""

ROOT = Path(__file__).parents[2]


class Run(NamedTuple):
    """A run that ended: seconds of wall and CPU, as the contender measured them."""

    seconds: float
    cpu: float


def environment(name: str, peers: Path, needs: list[str]) -> Path | None:
    """The Python of a contender, made under `peers` if it is not there; None if it cannot be."""
    if not needs:
        return Path(sys.executable)
    python = peers / name / "bin" / "python"
    if not python.exists():
        venv.create(peers / name, with_pip=True, clear=True)
        call = [str(python), "-m", "pip", "install", "-q", *needs]
        made = subprocess.run(call, capture_output=True, text=True, check=False)
        if made.returncode:
            python.unlink()
            print(f"{name}: skipped, `pip install {' '.join(needs)}` failed: ", end="")
            print((made.stderr.splitlines() or ["?"])[-1])
            return None
    return python


def begin(
    name: str, python: Path, url: str, prompts: list[str], work: Path, in_flight: int
) -> "subprocess.Popen[str]":
    """Start a contender, in a process group of its own."""
    (work / "state").mkdir(parents=True, exist_ok=True)
    (work / "prompts.txt").write_text("\n".join(prompts) + "\n")
    command = [python, "-m", f"benchmarks.asking.clients.{name}", url]
    command += [work / "prompts.txt", work / "answers.jsonl", work / "state", str(in_flight)]
    with (work / "log.txt").open("a") as log:
        return subprocess.Popen(
            list(map(str, command)),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def end(process: "subprocess.Popen[str]", work: Path, patience: float | None = None) -> Run:
    """Wait for a contender; what it measured. Raises AssertionError with its log if it failed.

    Raises subprocess.TimeoutExpired if it has not ended after `patience` seconds; it is killed.
    """
    try:
        told, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    assert process.returncode == 0, (work / "log.txt").read_text()[-3000:]
    return Run(**json.loads(told.splitlines()[-1]))


def answers(work: Path) -> list[tuple[str, str]]:
    """The pairs of prompt and answer that a contender ended with."""
    return [tuple(json.loads(line)) for line in (work / "answers.jsonl").open()]


def asked(log: list[Received], prompts: list[str]) -> Counter[str]:
    """How often each prompt was answered at the server. Other requests (probes) do not count."""
    ours = set(prompts)
    return Counter(r.question for r in log if r.completed and r.question in ours)


def peak(log: list[Received]) -> int:
    """The most requests in the server at a time."""
    steps = sorted(
        step for r in log if r.seconds is not None for step in ((r.at, 1), (r.at + r.seconds, -1))
    )
    here = most = 0
    for _, step in steps:
        here += step
        most = max(most, here)
    return most


def received(url: str) -> int:
    """Requests for completions that the server has got so far."""
    told: int = httpx.get(url.removesuffix("/v1") + "/health").json()["received"]
    return told
