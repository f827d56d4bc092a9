"""What Prefect's UI shows of a build: the run, its tasks by name, and the two tables."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import Api, Site
from tests.flows.problems import VIEWS
from tests.patience import patience

pytestmark = pytest.mark.slow  # each starts processes of its own and takes a minute


@pytest.fixture
def site(small: Site) -> Site:
    return small


def test_the_run_its_tasks_and_its_tables_are_there(site: Site, api: Api) -> None:
    (run,) = api.flow_runs(site)
    assert (run["name"], run["state_type"]) == (f"build {site.own}", "COMPLETED")
    assert run["parameters"]["pool"] == "pools/small"
    tasks = api.task_runs(run["id"])
    assert {task["state_type"] for task in tasks} == {"COMPLETED"}
    names = [task["name"].split(":")[0] for task in tasks]
    plain = ["screen", "sign", "dedupe", "generate", "verify", "measure", "grade", "ingest"]
    assert sorted(names) == sorted([*plain, *["select"] * len(VIEWS), *["release"] * len(VIEWS)])
    artifacts = tables(api, run["id"])
    assert {row["stage"] for row in artifacts["funnel"]} >= {"ingest", "verify", "view"}
    assert [row["solver"] for row in artifacts["pass-rates"]] == ["t", "all"]
    body = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}, "type": {"any_": ["markdown"]}}}
    (page,) = api.post("/artifacts/filter", body)
    assert (page["key"], page["data"].startswith("# Do not train on this yet")) == ("report", True)


def tables(api: Api, flow_run: str) -> dict[str, Any]:
    """The tables that a flow run left, by key."""
    of_run = {"flow_run_id": {"any_": [flow_run]}, "type": {"any_": ["table"]}}
    found = api.post("/artifacts/filter", {"artifacts": of_run})
    return {a["key"]: json.loads(a["data"]) for a in found}


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("needs the Debian package chromium")
    return found


@pytest.mark.slow
def test_a_browser_shows_the_flow_run(
    site: Site, api: Api, prefect_server: str, tmp_path: Path
) -> None:
    browser = chromium()
    (run,) = api.flow_runs(site)
    page = f"{prefect_server.removesuffix('/api')}/runs/flow-run/{run['id']}"
    picture = Path(os.environ.get("LONGCOT_PICTURES", tmp_path)) / "flow-run.png"
    command = [
        browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,1000",
        "--virtual-time-budget=20000", "--disable-background-networking", "--no-first-run",
    ]  # fmt: skip
    dom = subprocess.run(
        [*command, "--dump-dom", page],
        capture_output=True,
        text=True,
        timeout=patience(180),
        check=True,
    )
    assert run["name"] in dom.stdout and "Completed" in dom.stdout
    subprocess.run(
        [*command, f"--screenshot={picture}", page],
        capture_output=True,
        timeout=patience(180),
        check=True,
    )
    assert picture.stat().st_size > 10_000
