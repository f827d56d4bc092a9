"""A place to run the real command in: sources, recipes, pools, and a Prefect server to share."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.built import Built
from tests.flows.commands import Commands
from tests.flows.problems import lines, problem, problems, recipe, trace, traces
from tests.patience import patience, wait_for

LONGCOT = str(Path(sys.executable).with_name("longcot"))
PATIENCE = 240
"""Seconds that a command may take; `tests.patience` stretches them on a busy machine."""


@dataclass
class Run:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def complaint(self) -> str:
        """The one paragraph of a command that failed as it should."""
        assert self.code == 1, self.err + self.out
        assert "Traceback" not in self.err + self.out
        told = [line for line in self.err.splitlines() if not is_progress(line)]
        assert told and told[0].startswith("longcot: "), self.err
        assert all(line.strip() for line in told), self.err
        return "\n".join(told)


def is_progress(line: str) -> bool:
    """Whether a line of standard error is a step's progress, or the version that was made."""
    return line.startswith("longcot: ") and ("rows/s" in line or ": version " in line)


@dataclass
class Site:
    """A folder of sources and recipes, where commands run."""

    folder: Path
    env: dict[str, str]
    commands: Commands | None = None

    def path(self, name: str) -> Path:
        return self.folder / name

    def jsonl(self, name: str, rows: Iterable[Any]) -> None:
        """Write rows as lines; bytes stand as they are."""
        self.path(name).write_bytes(lines(rows))

    @property
    def own(self) -> str:
        """The name of this site's recipe; no other site's has it."""
        return f"{self.folder.name}.yaml"

    def recipe(self, content: dict[str, Any]) -> None:
        self.path(self.own).write_text(yaml.safe_dump(content, sort_keys=False))

    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, **env: str
    ) -> subprocess.Popen[str]:
        """A command in a process group of its own."""
        return subprocess.Popen(
            [LONGCOT, *arguments],
            cwd=self.folder,
            env={**self.env, **env},
            text=True,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def longcot(self, *arguments: str, typed: str = "", **env: str) -> Run:
        """Run a command to its end, with what a person types.

        Where the site shares a server it runs in the process that stays, else in its own.
        """
        limit = patience(PATIENCE)
        if self.commands is not None:
            whole = {**self.env, **env}
            return Run(**self.commands.run([*arguments], self.folder, whole, typed, limit))
        process = self.start(*arguments, stdin=subprocess.PIPE, **env)
        try:
            out, err = process.communicate(typed, timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Run(process.returncode, out, err)

    def build(self, pool: str = "pool", **env: str) -> Run:
        return self.longcot("build", self.own, "--pool", pool, **env)

    def built(self, pool: str = "pool", **env: str) -> "Built":
        """Build, and fail unless it succeeds."""
        run = self.build(pool, **env)
        assert run.code == 0, run.err
        return Built(self.path(pool))


def new_receipts(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    """How many receipts each stage wrote between two looks at the work; none may have changed."""
    kept = [n for n in before if n.startswith("receipts/")]
    assert [n for n in kept if after.get(n) != before[n]] == []
    new: dict[str, int] = {}
    for name in after:
        if name.startswith("receipts/") and name not in before:
            stage = name.split("/")[1]
            new[stage] = new.get(stage, 0) + 1
    return new


class Api:
    """Prefect's REST API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=patience(30)) as reply:
            return json.load(reply)

    def flow_runs(self, site: Site) -> list[dict[str, Any]]:
        """The runs of a site's recipe, oldest first."""
        body = {"flow_runs": {"name": {"like_": f" {site.own}"}}, "sort": "START_TIME_ASC"}
        return list(self.post("/flow_runs/filter", body))

    def task_runs(self, flow_run: str) -> list[dict[str, Any]]:
        """The task runs of a flow run; waits for the server to have recorded their ends."""
        body = {"flow_runs": {"id": {"any_": [flow_run]}}}

        def ended() -> bool:
            found[:] = self.post("/task_runs/filter", body)
            return all(run["state_type"] not in ("PENDING", "RUNNING") for run in found)

        found: list[dict[str, Any]] = []
        wait_for(ended, 20)
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain_env(home: Path) -> dict[str, str]:
    """The environment of a user who has set nothing of Prefect."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "LONGCOT_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # or every command compiles everything again
    return {**kept, "PREFECT_HOME": str(home)}


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API's address of a Prefect server that all builds share."""
    home, port = tmp_path_factory.mktemp("prefect-server"), free_port()
    log = (home / "server.log").open("w")
    url = f"http://127.0.0.1:{port}/api"
    own = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    env = {**plain_env(home), **own, "PREFECT_SERVER_UI_API_URL": url}
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port",
         str(port)],
        env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: _healthy(url) or server.poll() is not None, 180, "for Prefect's server")
        assert server.poll() is None, (home / "server.log").read_text()
        yield url
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def commands(
    prefect_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Commands, dict[str, str]]]:
    """A process that runs commands against the shared server, and their environment."""
    home = tmp_path_factory.mktemp("prefect-home")
    env = {**plain_env(home), "PREFECT_API_URL": prefect_server}
    running = Commands(env, home / "commands.log")
    yield running, env
    running.close()


@pytest.fixture(scope="session")
def new_site(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[..., Site]:
    """Makes sites: `new_site()` uses the shared server, `new_site(server=False)` none."""

    def make(server: bool = True) -> Site:
        folder = tmp_path_factory.mktemp("site")
        if server:
            running, env = request.getfixturevalue("commands")
            return Site(folder, env, running)
        return Site(folder, plain_env(tmp_path_factory.mktemp("prefect-home")))

    return make


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    """A site that uses the shared Prefect server."""
    return new_site()


@pytest.fixture(scope="session")
def small(new_site: Callable[..., Site]) -> Site:
    """A site with one finished build in `pools/small`, for tests that only look at it."""
    site = new_site()
    proof = problem(0, problem="Prove that 1 = 1.")
    site.jsonl("p.jsonl", [*problems(20), proof])
    site.jsonl("t.jsonl", [*traces(0, 20), {**trace(0, 0), "problem": proof["problem"]}, b"{"])
    site.recipe(recipe())
    site.built("pools/small")
    return site


@pytest.fixture
def api(prefect_server: str) -> Api:
    return Api(prefect_server)
