"""What Prefect shows of a build while it runs, and of one that was killed."""

import os
import signal

import pytest

from tests.flows.conftest import Api, Site
from tests.flows.problems import problems, recipe
from tests.patience import wait_for
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

pytestmark = pytest.mark.slow  # builds that take long enough to be looked at


def ready(site: Site, server: Server) -> None:
    asked = {"name": "t", "model": "teacher", "endpoint": server.url, "in_flight": 4}
    site.jsonl("p.jsonl", problems(120))
    site.recipe(recipe(teachers=[asked], steps=["generate", "verify", "grade"], views={}))


def test_a_run_that_was_killed_does_not_stay_running(site: Site, api: Api) -> None:
    with serve(Behaviour(delay=0.5, metrics=False)) as server:
        ready(site, server)
        build = site.start("build", site.own, "--pool", "pool")
        wait_for(lambda: len(server.log) > 12 or build.poll() is not None, 120)
        assert build.poll() is None, build.communicate()
        os.kill(build.pid, signal.SIGKILL)
        build.communicate()
        assert site.path("pool/running.json").exists()
        wait_for(lambda: [run["state_type"] for run in api.flow_runs(site)] == ["CRASHED"], 5)
        server.behaviour = Behaviour(metrics=False)
        site.built()
    killed, whole = api.flow_runs(site)
    assert (killed["state_type"], whole["state_type"]) == ("CRASHED", "COMPLETED")
    assert "its process is gone" in killed["state"]["message"]
    assert {task["state_type"] for task in api.task_runs(killed["id"])} <= {"CRASHED", "COMPLETED"}
    assert not site.path("pool/running.json").exists()


def test_artifacts_and_the_log_tell_how_far_a_teacher_is(site: Site, api: Api) -> None:
    with serve(Behaviour(delay=0.6, metrics=False)) as server:
        ready(site, server)
        build = site.start("build", site.own, "--pool", "pool")
        seen: list[tuple[float, str]] = []

        def look() -> bool:
            for run in api.flow_runs(site):
                body = {"artifacts": {"flow_run_id": {"any_": [run["id"]]},
                                      "key": {"any_": ["progress-generate-t"]}}}  # fmt: skip
                found = api.post("/artifacts/filter", body)
                told = [(float(one["data"]), one["description"]) for one in found]
                seen.extend(one for one in told if one not in seen)
            return build.poll() is not None

        wait_for(look, 240)
        _, err = build.communicate()
    assert build.returncode == 0, err
    shares = [share for share, _ in seen]
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert all(word in seen[-1][1] for word in ("120 traces", "tok/s", "accepted/h", "% cut"))
    assert ", end " in seen[0][1]
    (run,) = api.flow_runs(site)
    logs = api.post("/logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}})
    lines = [line["message"] for line in logs]
    assert any(line.startswith("generate: t: 120 traces") for line in lines), lines
    assert any(line.startswith("verify: 120 rows") for line in lines), lines
