"""The temporary server: one for a process, gone with it, and an error where it cannot start."""

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.flows.conftest import plain_env
from tests.patience import patience

pytestmark = pytest.mark.slow  # each starts a server

ASKED_TWICE = """
from prefect.settings import PREFECT_API_URL
from flows.runner.prefect.server import at_hand
urls = []
for _ in range(2):
    with at_hand() as wait:
        wait()
        urls.append(PREFECT_API_URL.value())
assert PREFECT_API_URL.value() is None, "only while it is at hand"
print(*urls)
"""


def ran(script: str, home: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    environment, root = {**plain_env(home), **env}, Path(__file__).parents[4]
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=root,
        check=False, capture_output=True, text=True, timeout=patience(120),
    )  # fmt: skip


def test_a_process_has_one_server_that_ends_with_it(tmp_path: Path) -> None:
    done = ran(ASKED_TWICE, tmp_path)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split()
    assert first == second and first.startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{first}/health", timeout=5)


def test_a_named_server_is_used_and_none_started(tmp_path: Path, prefect_server: str) -> None:
    script = ASKED_TWICE.replace("is None", f"== {prefect_server!r}")
    done = ran(script, tmp_path, PREFECT_API_URL=prefect_server)
    assert done.stdout.split() == [prefect_server] * 2, done.stderr


def test_a_server_that_cannot_start_is_told(tmp_path: Path) -> None:
    nowhere = f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/prefect.db"
    done = ran(ASKED_TWICE, tmp_path, PREFECT_API_DATABASE_CONNECTION_URL=nowhere)
    told = done.stderr.splitlines()[-1]
    assert "Prefect's temporary server does not start (it ended with" in told, done.stderr
    assert "PREFECT_API_URL" in told
