"""What `longcot status` tells of pools, at a look and without a server."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.runner.running import FILE, noted
from flows.status import status
from tasks.pool.store import Pool
from tasks.publishing.publications import note
from tests.flows.conftest import Site
from tests.flows.inline import build
from tests.flows.problems import problems, recipe, traces
from tests.patience import patience


@pytest.fixture(scope="module")
def built_once(new_site: Callable[..., Site]) -> Path:
    """A folder with a recipe and a pool that was built."""
    site: Site = new_site(server=False)
    site.jsonl("p.jsonl", problems(6))
    site.jsonl("t.jsonl", traces(0, 6))
    site.recipe(recipe())
    build(str(site.path(site.own)), str(site.path("pools/mine")))
    return site.folder


@pytest.fixture
def pool(built_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """That pool, a copy of which is this test's own."""
    shutil.copytree(built_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Pool("pools/mine")


def test_a_pool_that_was_built_and_published(pool: Pool) -> None:
    schedule = {"pool": pool.url, "cron": "0 3 * * *", "active": True}
    other = {**schedule, "pool": "/elsewhere"}
    for version in (1, 2):
        note(pool, version, "s3://host/data", ["sft"], [])
    found = status(pool, [schedule, other])
    assert found["built"]["rows"]["sft"] == 6
    assert found["built"]["gates"] == []
    assert (found["running"], found["missing"]) == (None, [])
    assert found["scheduled"] == [schedule]
    assert [(row["to"], row["version"]) for row in found["published"]] == [("s3://host/data", 2)]
    assert status(pool, None)["scheduled"] is None


def test_a_build_that_runs_and_one_that_was_killed(pool: Pool) -> None:
    (name,) = [path.name for path in Path(pool).parent.parent.glob("*.yaml")]
    with noted(pool, name):
        run = status(pool, None)["running"]
        assert run["lives"] and run["recipe"].endswith(name)
        text = Path(pool).joinpath(FILE).read_bytes()
    assert status(pool, None)["running"] is None
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    left = {k: v for k, v in json.loads(text).items() if k != "digest"}
    pool.put_json(FILE, {**left, "pid": int(gone.stdout)})
    assert status(pool, None)["running"]["lives"] is False
    pool.put_json(FILE, {**left, "host": "another"})
    assert status(pool, None)["running"]["lives"] is None


def test_what_is_missing_is_named(pool: Pool) -> None:
    (name,) = [path.name for path in Path(pool).parent.parent.glob("*.yaml")]
    manifest = {k: v for k, v in pool.manifest.items() if k != "stages"}
    begun = {stage: pool.manifest["stages"][stage] for stage in ("screen", "generate")}
    pool.put_json("manifest.json", {**manifest, "stages": begun, "whole": False})
    with noted(pool, name):
        assert status(Pool(pool.url), None)["missing"] == ["dedupe", "verify", "measure", "grade"]
    assert status(Pool(pool.url), None)["missing"] == ["a build that has not ended"]
    pool.put_json("manifest.json", {**manifest, "stages": begun, "whole": True})
    released = next(Path(pool).glob("releases/.store/sft/*.parquet"))
    released.unlink()
    (told,) = status(Pool(pool.url), None)["missing"]
    assert f"{released.name}: is missing; version 1 needs it" in told


def test_the_command_takes_a_moment_and_prints_json(pool: Pool) -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "flows.cli.main", "status", "--json"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert time.monotonic() - began < patience(2)
    (row,) = json.loads(done.stdout)
    assert (row["pool"], row["recipe"]) == (pool.url, "small")
