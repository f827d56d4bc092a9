"""Builds that begin at the same time keep their temporary folders; those of dead ones go."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.runner import signals
from tests import ROOT

BEGIN = """
import os, shutil, sys
from flows.runner import signals
lost = 0
for _ in range(150):
    place, lock = signals._folder()
    lost += not os.path.exists(f"{place}/.lock")
    os.close(lock)
    shutil.rmtree(place, ignore_errors=True)
sys.exit(lost)
"""


def test_no_build_takes_the_folder_of_another_that_begins(tmp_path: Path) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    started = [subprocess.Popen([sys.executable, "-c", BEGIN], env=env) for _ in range(4)]
    assert [process.wait(120) for process in started] == [0, 0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_build_that_is_gone_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals.tempfile, "tempdir", str(tmp_path))
    left, lock = signals._folder()
    running, held = signals._folder()
    assert Path(left).exists()
    os.close(lock)  # as at its end, however that came
    mine, own = signals._folder()
    assert not Path(left).exists()
    assert Path(running).exists() and Path(mine).exists()
    for handle in (held, own):
        os.close(handle)
    for place in (running, mine):
        shutil.rmtree(place)
