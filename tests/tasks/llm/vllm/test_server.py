"""A managed server: waited for, restarted, stopped with its children whatever happens.

The fault-injecting server stands in for `vllm serve`; test_real_vllm.py runs the real one.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from schemas.errors import TeacherError
from schemas.recipe.teachers import Live, Managed
from tasks.llm import engine, replicas
from tasks.llm.vllm.server import command_of
from tasks.pool.store import Pool
from tests import ROOT
from tests.patience import patience, wait_for
from tests.servers.behaviour import Behaviour
from tests.tasks.llm.site import ask, rows, sums

STAND_IN = f"{sys.executable} -m tests.servers.faulty"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.llm.vllm.server.POLL", 0.2)
    monkeypatch.setattr(replicas, "POLL", 0.2)
    monkeypatch.setattr(engine, "LONGEST_WAIT", 0.2)


def managed(behaviour: Behaviour, **more: Any) -> Live:
    env = {"FAULTY": behaviour.to_json(), "PYTHONPATH": str(ROOT)}
    server = {"command": STAND_IN, "env": env, "args": {"max_model_len": 512}, **more}
    return Live.model_validate(
        {"name": "t", "model": "teacher", "vllm": server, "max_tokens": 128, "samples": 2}
    )


def alive(mark: str) -> list[int]:
    """Processes of the stand-in that serve a model of this name."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if "tests.servers.faulty" in line and mark in line:
            found.append(process.pid)
    return found


def test_it_is_started_waited_for_logged_and_stopped(pool: Pool) -> None:
    teacher = managed(Behaviour(healthy_after=1.0))
    taken = ask(pool, sums(pool, 5), teacher)
    assert rows(pool, taken)["state"].to_list() == ["complete"] * 10
    log = Path(pool.root, "logs", "t.log").read_text()
    assert "serve teacher --host 127.0.0.1 --port" in log
    assert "--max-model-len 512" in log
    assert not alive("teacher")


def test_it_is_started_again_when_it_dies_and_no_sample_is_lost(pool: Pool) -> None:
    teacher = managed(Behaviour(rate=200, slots=8), restarts=2)

    def kill() -> None:
        """Kill the server once it has answered a few."""
        journal = Path(pool.path("journal"))
        while len([line for f in journal.rglob("*.jsonl") for line in f.open()]) < 10:
            time.sleep(0.02)
        os.kill(max(alive("teacher")), signal.SIGKILL)  # the server, not its supervisor

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    taken = ask(pool, sums(pool, 30), teacher)
    killer.join(1)
    assert rows(pool, taken)["state"].to_list() == ["complete"] * 60
    log = Path(pool.root, "logs", "t.log").read_text()
    assert log.count("longcot: start") == 2


def test_the_limit_of_restarts_ends_the_run_with_the_log(pool: Pool) -> None:
    teacher = managed(Behaviour(dies_after=4, delay=0.02), restarts=1)
    with pytest.raises(TeacherError, match=r"vLLM died 2 times \(restarts: 1\); its log is"):
        ask(pool, sums(pool, 40), teacher)
    assert not alive("teacher")


def test_a_server_that_cannot_start_is_told_with_its_words(pool: Pool) -> None:
    broken = f"{sys.executable} -c \"import sys; sys.exit('no such GPU')\""
    teacher = managed(Behaviour(), command=broken)
    with pytest.raises(TeacherError, match=r"ended before it was healthy.*\n.*\n.*no such GPU"):
        ask(pool, sums(pool, 2), teacher)


def test_a_server_that_never_gets_healthy_is_given_up(pool: Pool) -> None:
    teacher = managed(Behaviour(healthy_after=60), start_seconds=3)
    with pytest.raises(TeacherError, match="was not healthy after 3 s"):
        ask(pool, sums(pool, 2), teacher)
    assert not alive("teacher")


def test_sigkill_of_the_build_takes_the_server_and_its_children_with_it(tmp_path: Path) -> None:
    script = (
        "import os, subprocess, time; "
        "open(os.environ['VLLM_RPC_BASE_PATH'] + '/socket', 'w').close(); "
        "subprocess.Popen(['sleep', '345678'], start_new_session=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script]
    supervisor = str(ROOT / "tasks" / "llm" / "vllm" / "supervisor.py")
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time; "
            "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True); "
            "print(p.pid, flush=True); time.sleep(600)",
            *[sys.executable, supervisor, *command],
        ],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert owner.stdout
    guard = psutil.Process(int(owner.stdout.readline()))
    wait_for(lambda: len(guard.children(recursive=True)) == 2, 20)
    below = guard.children(recursive=True)
    assert list(tmp_path.glob("vllm-*/socket"))
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    _, left = psutil.wait_procs([guard, *below], timeout=patience(20))
    assert not left
    assert not list(tmp_path.iterdir())


def test_arguments_become_flags() -> None:
    args = {"tensor_parallel_size": 2, "enforce_eager": True, "enable_prefix_caching": False}
    args |= {"dtype": "float32", "served_model_name": ["a", "b"]}
    line = command_of(Managed(command="env X=1 vllm", args=args), "org/model", 81)
    assert line[:8] == ["env", "X=1", "vllm", "serve", "org/model", "--host", "127.0.0.1", "--port"]
    assert line[8:] == [
        *("81", "--tensor-parallel-size", "2", "--enforce-eager", "--no-enable-prefix-caching"),
        *("--dtype", "float32", "--served-model-name", "a", "b"),
    ]


def test_vllm_is_found_on_path_then_through_uvx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TeacherError, match=r"vLLM is not installed: .*uv tool install vllm"):
        command_of(Managed(), "m", 1)
    for name, call in (("uvx", ["uvx", "vllm"]), ("vllm", ["vllm"])):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert command_of(Managed(), "m", 1)[: len(call)] == call
