"""Environments in which longcot is run by people who are unlucky: each is a command line, and what
must come of it: the whole result, or one paragraph that names what is wrong.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests import ROOT
from tests.flows.problems import lines, problem, problems, recipe, trace, traces
from tests.patience import patience

PYTHON = sys.executable
LONGCOT = [PYTHON, "-m", "flows.cli.main"]
INLINE = [PYTHON, "-m", "tests.flows.inline", "r.yaml", "pool"]
BUILD = [*LONGCOT, "build", "r.yaml", "--pool", "pool"]
NOBODY, UNKNOWN = 65534, 54321

BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


S3 = ("credentials",) if importlib.util.find_spec("s3fs") else ("s3fs",)
"""What this machine lacks of S3: the keys, or the package."""


def as_user(uid: int) -> list[str]:
    """A prefix that runs a command as another user."""
    return ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"]


@dataclass(frozen=True)
class Situation:
    """A command in an environment. `told`: words of its one paragraph; None: it does its work."""

    name: str
    command: list[str]
    told: tuple[str, ...] | None = None
    env: dict[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    recipe: str | None = None
    slow: bool = False


def _written(name: str, text: str, *told: str) -> Situation:
    return Situation(name, [*LONGCOT, "check", "r.yaml"], told, recipe=text)


def _live(endpoint: str) -> str:
    teacher = {"name": "t", "model": "m", "endpoint": endpoint}
    return yaml.safe_dump(recipe(teachers=[teacher], steps=["generate"], views={}))


def _homes(name: str, command: list[str], slow: bool) -> Iterator[Situation]:
    """The same command with every sort of home and user."""
    prefix = tuple(as_user(NOBODY))
    yield Situation(f"{name}, no HOME", command, unset=("HOME",), slow=slow)
    yield Situation(f"{name}, HOME is a file", command, env={"HOME": "/dev/null"}, slow=True)
    yield Situation(f"{name}, HOME read-only", command, env={"HOME": "/"}, prefix=prefix, slow=slow)
    yield Situation(
        f"{name}, a uid without a name",
        command,
        unset=("HOME", "USER", "LOGNAME"),
        prefix=tuple(as_user(UNKNOWN)),
        slow=True,
    )


def _boxes(name: str, command: list[str]) -> Iterator[Situation]:
    """The same command where all but its folder is read-only, and the machine is small.

    `{folder}` in a prefix is the folder that the command runs in.
    """
    box = ("bwrap", "--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc")
    own = (*box, "--bind", "{folder}", "{folder}")
    home = {"HOME": "{folder}"}
    yield Situation(f"{name}, read-only root", command, env=home, prefix=own, slow=True)
    small = (*own, "--size", str(SMALL), "--tmpfs", "{folder}/tmp")
    yield Situation(f"{name}, small temporary folder", command, env=home, prefix=small, slow=True)
    bare = (*own, "--tmpfs", "/dev/shm", "--remount-ro", "/dev/shm")
    yield Situation(f"{name}, no shared memory", command, env=home, prefix=bare, slow=True)


SMALL = 32 * 2**20
"""Bytes of a small temporary folder."""

DEAD = "http://127.0.0.1:9/api"

SITUATIONS = [
    _written("a YAML bomb", BOMB, "r.yaml", "aliases"),
    _written("YAML nested deep", "a: " + "[" * 5000, "r.yaml", "nested too deep"),
    _written("a password in an endpoint", _live("http://me:s3cret@host/v1"), "password", "key_env"),
    _written(
        "a source in a store without keys or package",
        "name: r\nsources: [{path: 's3://bucket/p.jsonl'}]\nsteps: []\n",
        "s3://bucket/p.jsonl",
        *S3,
    ),
    Situation(
        "a pool in a store without keys or package",
        [*LONGCOT, "build", "r.yaml", "--pool", "s3://bucket/pool"],
        ("s3://bucket/pool", *S3),
    ),
    Situation(
        "an argument that is no text",
        [*LONGCOT, "build", os.fsdecode(b"caf\xe9.yaml")],
        ("argument 2", "not UTF-8"),
    ),
    Situation(
        "Prefect unreachable", BUILD, ("PREFECT_API_URL", DEAD), env={"PREFECT_API_URL": DEAD}
    ),
    Situation(
        "Prefect's home cannot be written",
        BUILD,
        ("/dev/null", "PREFECT_HOME"),
        env={"PREFECT_HOME": "/dev/null/x"},
    ),
    Situation(
        "a plain terminal",
        [*LONGCOT, "check", "r.yaml"],
        env={"LANG": "C", "LC_ALL": "C", "TERM": "dumb", "PYTHONIOENCODING": "ascii"},
    ),
    *_homes("jobs", INLINE, slow=False),
    *_homes("a build", BUILD, slow=True),
    *_boxes("a build", BUILD),
    *_boxes("the quickstart", [*LONGCOT, "build", "quickstart", "--pool", "pool"]),
]  # fmt: skip


@dataclass
class Outcome:
    """What a command left behind, and why it is not right ("" where it is)."""

    code: int
    out: str
    err: str
    wrong: str


@contextmanager
def place(uid: int | None) -> Iterator[Path]:
    """A folder with a small recipe, which belongs to a user."""
    folder = Path(tempfile.mkdtemp(prefix="longcot-environment-"))
    try:
        (folder / "p.jsonl").write_bytes(lines([*problems(6), problem(6, domain="café")]))
        (folder / "t.jsonl").write_bytes(lines([*traces(0, 6), trace(6, 0)]))
        (folder / "r.yaml").write_text(yaml.safe_dump(recipe()))
        (folder / "tmp").mkdir()
        if uid is not None:
            for path in [folder, *folder.iterdir()]:
                os.chown(path, uid, uid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lacks(situation: Situation) -> str:
    """What this machine lacks for a situation; empty where nothing."""
    if not situation.prefix:
        return ""
    tool = situation.prefix[0]
    if tool == "bwrap":
        return "" if shutil.which(tool) else f"no {tool}"
    if os.geteuid() != 0:
        return "another user needs root"
    if not shutil.which(tool):
        return f"no {tool}"
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    tried = subprocess.run(
        [*situation.prefix, PYTHON, "-c", again], check=False, capture_output=True
    )
    return "this Python lies where other users cannot run it" if tried.returncode else ""


def happened(situation: Situation) -> Outcome:
    """Run a situation and judge it."""
    uid = int(situation.prefix[2]) if situation.prefix[:1] == ("setpriv",) else None
    with place(uid) as folder:
        if situation.recipe is not None:
            (folder / "r.yaml").write_text(situation.recipe)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "LONGCOT_"))}
        env = {**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp"), **situation.env}
        for name in situation.unset:
            env.pop(name, None)
        env = {name: value.replace("{folder}", str(folder)) for name, value in env.items()}
        prefix = [word.replace("{folder}", str(folder)) for word in situation.prefix]
        try:
            done = subprocess.run(
                [*prefix, *situation.command], cwd=folder, env=env, check=False,
                capture_output=True, timeout=patience(240), stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Outcome(-1, "", "", "it hangs")
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        built = (folder / "pool" / "manifest.json").exists() or "build" not in situation.command
        wrong = _wrong(situation, done.returncode, out, err) or ("" if built or situation.told else
                                                               "no pool")  # fmt: skip
        return Outcome(done.returncode, out, err, wrong)


def _wrong(situation: Situation, code: int, out: str, err: str) -> str:
    if "Traceback" in out + err:
        return f"a traceback:\n{err}"
    if situation.told is None:
        return f"it failed:\n{err}" if code else ""
    told = [line for line in err.splitlines() if "rows/s" not in line]
    if code != 1 or not told or not told[0].startswith("longcot: "):
        return f"exit code {code}, no complaint:\n{err}{out}"
    if len(told) > 5 or sum(map(len, told)) > 1500:
        return f"more than a paragraph:\n{err}"
    missing = [words for words in situation.told if words not in err]
    return f"it does not say {missing}:\n{err}" if missing else ""
