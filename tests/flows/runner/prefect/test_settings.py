"""Without a server and without a terminal a build says its own lines, and talks to nobody else."""

import os
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.flows.conftest import LONGCOT, PATIENCE, Site, is_progress
from tests.flows.problems import problems, recipe, traces
from tests.patience import patience, wait_for

pytestmark = pytest.mark.slow  # each starts processes of its own and takes a minute

FOREIGN = re.compile(
    r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(\"|inet_pton\(AF_INET6, \")([^\"]+)"
)


@pytest.fixture
def alone(new_site: Callable[..., Site]) -> Site:
    site = new_site(server=False)
    site.jsonl("p.jsonl", problems(20))
    site.jsonl("t.jsonl", traces(0, 20))
    site.recipe(recipe())
    return site


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that answers nobody and writes down who asked."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(2)
                try:
                    asked.append(caller.recv(200))
                except OSError:
                    asked.append(b"?")

    threading.Thread(target=listen, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    server.close()


def test_a_build_is_quiet_and_stays_at_home(alone: Site, proxy: tuple[str, list[bytes]]) -> None:
    url, asked = proxy
    through = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), url)
    env = {**alone.env, **through, "NO_PROXY": "localhost,127.0.0.1", "no_proxy": "127.0.0.1"}
    trace = alone.path("connects")
    watch = ["strace", "-f", "-qq", "-e", "trace=connect", "-o", str(trace)]
    command = [LONGCOT, "build", alone.own, "--pool", "pool"]
    done = subprocess.run(
        [*(watch if shutil.which("strace") else []), *command],
        cwd=alone.folder, env=env, check=False, capture_output=True, text=True,
        timeout=patience(PATIENCE), stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if not is_progress(line)] == []
    steps = re.findall(r"^longcot: ([a-z ]+):", done.stderr, re.MULTILINE)
    assert steps[:4] == ["ingest", "screen", "sign", "dedupe"] and steps[-1] == "release"
    assert "small: funnel" in done.stdout and "Traceback" not in done.stdout
    assert asked == []
    if trace.exists():
        met = {address for _, address in FOREIGN.findall(trace.read_text())}
        assert met <= {"127.0.0.1", "::1", "0.0.0.0"}, met


def test_a_person_sees_bars_with_rows_per_second(alone: Site) -> None:
    ours, theirs = pty.openpty()
    env = {**alone.env, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    build = subprocess.Popen(
        [LONGCOT, "build", alone.own, "--pool", "pool"],
        cwd=alone.folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    end = time.monotonic() + patience(PATIENCE)
    try:
        while time.monotonic() < end:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            seen += data
        assert build.wait(patience(30)) == 0
    finally:
        if build.poll() is None:
            build.kill()
        os.close(ours)
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen.decode())
    for step in ("ingest", "verify", "release"):
        assert re.search(rf"{step} .*[━╸╺].* \d+ rows +[\d,]+ rows/s", shown), shown[-3000:]
    foreign = re.compile(r"\d\d:\d\d:\d\d\.\d|prefect|INFO|WARN|Traceback", re.IGNORECASE)
    assert not foreign.search(shown), shown


@pytest.mark.slow
def test_an_interrupted_build_says_so_in_one_line(alone: Site) -> None:
    import signal

    build = alone.start("build", alone.own, "--pool", "pool")
    wait_for(alone.path("pool/.lock").exists, 120)
    time.sleep(1)
    build.send_signal(signal.SIGINT)
    _, err = build.communicate(timeout=patience(60))
    assert build.returncode not in (0, -signal.SIGKILL)
    assert "Traceback" not in err, err


def test_importing_longcot_does_not_start_prefect() -> None:
    load = "from schemas.parts import load_parts; load_parts('flows.cli.commands')"
    code = f"import sys; {load}; sys.exit('prefect' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], check=False, timeout=patience(60)).returncode
        == 0
    )
