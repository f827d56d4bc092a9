"""A real vLLM on this machine's CPU, serving a teacher that was trained on the spot.

vLLM lives in an environment of its own: LONGCOT_VLLM names its command, else `vllm` on PATH. Tests
that ask for these fixtures are skipped where there is none, and say what to install.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from schemas.recipe.teachers import Managed
from tasks.llm.vllm import supervisor
from tasks.llm.vllm.server import command_of, free_port
from tests.patience import patience

TRAINER = Path(__file__).with_name("tiny_teacher.py")
MODEL = "teacher"
PATIENCE = 300.0
"""Seconds to load: the imports alone take half a minute on a busy machine."""

ARGS: dict[str, bool | int | float | str | list[str]] = {
    "reasoning_parser": "deepseek_r1",
    "dtype": "bfloat16" if "avx512" in Path("/proc/cpuinfo").read_text() else "float32",
    "max_model_len": 1024,
    "enforce_eager": True,
    # Chunked prefill of a request with a seed stops vLLM's CPU engine.
    "enable_chunked_prefill": False,
    "max_num_batched_tokens": 32_768,
    # The form allows blanks between two signs, and a small model may fill its budget with them.
    "structured_outputs_config": '{"backend": "xgrammar", "disable_any_whitespace": true}',
}
"""Arguments of `vllm serve`, as a recipe has them."""

ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}


@pytest.fixture(scope="session")
def vllm_command() -> str:
    """The `vllm` command; the test is skipped where there is none."""
    found = os.environ.get("LONGCOT_VLLM") or shutil.which("vllm")
    if not found or not Path(found).exists():
        pytest.skip(
            "no vLLM: run tests/servers/install_vllm.sh FOLDER and set LONGCOT_VLLM to "
            "FOLDER/bin/vllm"
        )
    return found


@pytest.fixture(scope="session")
def tiny_teacher(vllm_command: str) -> Path:
    """The folder of the trained teacher."""
    return made(TRAINER, vllm_command)


@pytest.fixture(scope="session")
def small_model(vllm_command: str) -> Path:
    """The folder of a real small chat model."""
    return made(Path(__file__).with_name("small_model.py"), vllm_command)


def made(script: Path, vllm_command: str) -> Path:
    """The folder that a script makes: once a machine, kept in LONGCOT_CACHE or /tmp."""
    cache = Path(os.environ.get("LONGCOT_CACHE") or tempfile.gettempdir())
    name = hashlib.sha256(script.read_bytes()).hexdigest()[:12]
    folder = cache / f"longcot-{script.stem.replace('_', '-')}-{name}"
    cache.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            python = Path(vllm_command).resolve().parent / "python"
            subprocess.run([python, script, half], check=True)
            half.rename(folder)
    return folder


@pytest.fixture(scope="session")
def vllm(
    vllm_command: str, tiny_teacher: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL, with /v1, of vLLM serving the tiny teacher; stopped with its children at the end."""
    port = free_port()
    command = command_of(
        Managed(command=vllm_command, path=str(tiny_teacher), args=ARGS), MODEL, port
    )
    path = tmp_path_factory.mktemp("vllm") / "log.txt"
    with path.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-P", str(supervisor.__file__), *command],
            stdin=subprocess.PIPE,  # the supervisor ends with this, also if the tests are killed
            stdout=log,
            stderr=log,
            env={**os.environ, **ENVIRONMENT},
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/health", server, path)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        assert server.stdin
        server.stdin.close()
        server.wait(60)


def wait_until_healthy(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server is; fail with the end of its log if it dies or takes too long."""
    until = time.monotonic() + patience(PATIENCE)
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail(f"vLLM did not become healthy:\n{log.read_text(errors='replace')[-3000:]}")
