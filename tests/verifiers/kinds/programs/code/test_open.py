"""The labelled programs, right, wrong, cheating and hostile: all as labelled, in both tiers, as
the user who runs the tests and, where that is root, as an ordinary one.

`LONGCOT_REAL_DATA` names the folder beside which `verify/open_code.jsonl` lies.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil
import pytest

from tests import ROOT
from verifiers.base.protocol import Problem
from verifiers.kinds.programs.code import Bench, verify_code
from verifiers.sandbox import Tier, weakness

NOBODY = 65534
EXACT = "5.0 for 5 with exact compare"
REASONS = {"timeout": "fail.time_limit", "memory": "fail.memory_limit",
           "output_limit": "fail.output_limit", "compile_error": "fail.syntax"}  # fmt: skip


@pytest.fixture(scope="module")
def cases(real_data):
    with (real_data.parent / "verify" / "open_code.jsonl").open(encoding="utf-8") as lines:
        # "5.0 for 5": numbers on stdout compare as numbers now, as LiveCodeBench's judge has it.
        return [case for case in map(json.loads, lines) if case["note"] != EXACT]


def wrong(cases, tier):
    """The cases that are judged other than labelled."""
    bench = Bench(tier)
    found = []
    for case in cases:
        problem = Problem(case["id"], "", None, "code", json.dumps(case["task"]))
        word = verify_code(problem, f"```python\n{case['solution']}\n```", bench)
        verdict = "correct" if case["expected"] else "incorrect"
        reason = REASONS.get(case["reason"], word.reason)
        if (word.verdict, word.reason) != (verdict, reason):
            found.append((case["id"], case["note"], word.verdict, word.reason, word.extracted))
    bench.close()
    return found


@pytest.mark.parametrize(
    "tier",
    [pytest.param(tier, marks=pytest.mark.slow) if n else tier for n, tier in enumerate(Tier)],
)
def test_all_as_labelled(cases, tier):
    if weakness(tier):
        pytest.skip(f"no sandbox of tier {tier} here: {weakness(tier)}")
    before = set(psutil.Process().children(recursive=True))
    assert wrong(cases, tier) == []
    left = set(psutil.Process().children(recursive=True)) - before
    assert not left and not list(Path("/tmp").glob(f"longcot-sandbox-{os.getpid()}-*"))


AS_USER = """
import json, os, sys
assert os.access(sys.executable, os.X_OK)  # setpriv may start what the user could not
from tests.verifiers.kinds.programs.code.test_open import wrong
from verifiers.sandbox import Tier, weakness
tier = Tier(sys.argv[1])
print(json.dumps([weakness(tier), weakness(tier) or wrong(json.load(sys.stdin), tier)]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("tier", list(Tier))
def test_all_as_labelled_for_an_ordinary_user(cases, tier, tmp_path_factory):
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("the tests run as an ordinary user already, or there is no setpriv")
    copy = Path(f"/tmp/longcot-user-{os.getpid()}-{tier}")  # pytest's own folders are private
    for folder in ("verifiers", "schemas", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    try:
        subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        path = os.pathsep.join([str(copy), sysconfig.get_path("purelib")])
        version = f"python3.{sys.version_info.minor}"
        for python in (sys.executable, f"/usr/bin/{version}"):
            found = subprocess.run(
                [*user, python, "-B", "-c", AS_USER, tier], input=json.dumps(cases), text=True,
                capture_output=True, cwd=copy, check=False, timeout=300,
                env={"PYTHONPATH": path, "HOME": "/tmp", "PATH": "/usr/bin:/bin"},
            )  # fmt: skip
            if found.returncode == 0:
                break
        else:
            pytest.skip(f"no Python that an ordinary user may run: {found.stderr[-300:]}")
    finally:
        shutil.rmtree(copy)
    weak, others = json.loads(found.stdout)
    if weak:
        pytest.skip(f"no sandbox of tier {tier} for an ordinary user here: {weak}")
    assert others == []
