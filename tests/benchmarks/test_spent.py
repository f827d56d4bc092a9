"""In a process of its own: `spend` waits for every child of the process that calls it."""

import json
import subprocess
import sys
from pathlib import Path

from tests import ROOT

BUSY = "import time\nwhile time.process_time() < 0.5: pass"
ORPHAN = f"(sleep 0.2; exec {sys.executable} -c '{BUSY}') & echo told"


def spend(*command: str, log: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "import json, os, sys\nfrom pathlib import Path\nfrom benchmarks.spent import spend\n"
        "print(json.dumps(spend(sys.argv[2:], os.environ, Path(sys.argv[1]))))"
    )
    return subprocess.run(
        [sys.executable, "-c", script, str(log), *command],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_outlives_its_parent_is_counted(tmp_path: Path) -> None:
    done = spend("sh", "-c", ORPHAN, log=tmp_path / "log")
    _, cpu, told = json.loads(done.stdout)
    assert told == "told"
    assert cpu >= 0.5


def test_a_command_that_fails_is_named_with_what_it_said(tmp_path: Path) -> None:
    done = spend("sh", "-c", "echo no room >&2; exit 3", log=tmp_path / "log")
    assert done.returncode
    assert "ended with 3" in done.stderr
    assert "no room" in done.stderr
