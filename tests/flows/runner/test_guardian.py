"""A guardian goes with the build that it watches, though the process stays."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from flows.runner import guardian
from flows.runner.signals import guarded
from tests.patience import wait_for


def guardians() -> list[psutil.Process]:
    """The guardians of this process, zombies too."""
    return [
        child
        for child in psutil.Process().children()
        if child.status() == "zombie" or guardian.__file__ in child.cmdline()
    ]


def test_builds_one_after_the_other_leave_neither_process_nor_folder() -> None:
    environment, folder = dict(os.environ), tempfile.gettempdir()
    for _ in range(3):
        with guarded("longcot build again"):
            place = Path(tempfile.gettempdir())
            assert place.is_dir() and place != Path(folder)
            wait_for(lambda: len(guardians()) == 1, 5)
        assert not place.exists()
        assert guardians() == []
    assert dict(os.environ) == environment
    assert tempfile.gettempdir() == folder


def test_what_outlives_a_build_that_said_nothing_is_ended(tmp_path: Path) -> None:
    """The guardian is told nothing where its parent ends in the middle."""
    program = (
        "import os, subprocess, sys\n"
        "from flows.runner.signals import guarded\n"
        "with guarded('x'):\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        "    print(child.pid, flush=True)\n"
        "    os._exit(9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 9, done.stderr
    psutil.wait_procs([p for p in psutil.process_iter() if p.pid == int(done.stdout)], timeout=10)
    assert not psutil.pid_exists(int(done.stdout))
