"""Schedules against a real Prefect server, by a process that serves and by a worker."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from tests.flows.conftest import Api, Site, free_port
from tests.flows.problems import problems, recipe, traces
from tests.patience import patience, wait_for
from tests.servers.listener import listening

pytestmark = pytest.mark.slow  # servers, workers, and a clock that strikes once a minute


def ready(site: Site, **more: Any) -> None:
    site.jsonl("p.jsonl", problems(12))
    site.jsonl("t.jsonl", traces(0, 12))
    site.recipe(recipe(name=site.folder.name, **more))


def runs(site: Site, api: Api) -> list[dict[str, Any]]:
    """The runs of a site's schedule that began, or never will, in order."""
    deployments = {"name": {"like_": f"{site.folder.name}-"}}
    body = {"deployments": deployments, "sort": "EXPECTED_START_TIME_ASC"}
    return [run for run in api.post("/flow_runs/filter", body) if run["state_name"] != "Scheduled"]


def schedule_of(site: Site) -> str:
    listed = site.longcot("schedule", "--list")
    assert listed.code == 0, listed.err
    (name,) = [word for word in listed.out.split() if word.startswith(f"{site.folder.name}-")]
    return name


def trigger(site: Site, api: Api) -> None:
    name = f"longcot/{schedule_of(site)}"
    found = api.post("/deployments/filter", {"deployments": {"name": {"any_": [name[8:]]}}})
    api.post(f"/deployments/{found[0]['id']}/create_flow_run", {})


@contextmanager
def running(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """End a process with the block, and what it started."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=patience(30))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def stopped(process: "subprocess.Popen[str]") -> tuple[str, str]:
    """What a process that serves has said once it was stopped as by Ctrl-C."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=patience(60))


def worker_of(site: Site, pool: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool],
        cwd=site.folder, env=site.env, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def ended(run: dict[str, Any]) -> bool:
    return run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def test_the_clock_strikes_and_a_tripped_gate_is_told_and_not_tried_again(
    site: Site, api: Api
) -> None:
    ready(site, gates={"rows": "> 1000"})
    with listening() as webhook:
        serving = site.start(
            "schedule", site.own, "--pool", "pool", "--cron", "* * * * *", "--webhook", webhook.url,
            "--publish", "out",
        )  # fmt: skip
        with running(serving):
            wait_for(lambda: webhook.told or serving.poll() is not None, 200)
            assert serving.poll() is None, serving.communicate()
            wait_for(lambda: ended(runs(site, api)[0]), 60)
            first = runs(site, api)[0]
    assert (first["state_type"], first["run_count"]) == ("FAILED", 1)
    assert first["auto_scheduled"]
    assert "GateError: version 1 does not pass its gates (rows: 12" in webhook.told[0]["message"]
    assert webhook.told[0]["pool"] == str(site.path("pool"))
    assert site.path("pool/releases/sft").is_dir()
    assert not site.path("out").exists()
    found = api.post(
        "/deployments/filter", {"deployments": {"name": {"any_": [schedule_of(site)]}}}
    )
    assert found[0]["paused"]  # who serves no longer pauses it


def deployments(site: Site, api: Api) -> list[dict[str, Any]]:
    name = {"name": {"like_": f"{site.folder.name}-"}}
    return list(api.post("/deployments/filter", {"deployments": name}))


def test_a_schedule_that_is_removed_is_gone_with_its_runs(site: Site, api: Api) -> None:
    ready(site)
    serving = site.start("schedule", site.own, "--pool", "pool", "--cron", "0 3 * * *")
    with running(serving):
        wait_for(lambda: deployments(site, api), 60)
        own = {"deployments": {"name": {"like_": f"{site.folder.name}-"}}}
        wait_for(lambda: api.post("/flow_runs/filter", own), 60, "for the runs to come")
        removed = site.longcot("schedule", "--remove", schedule_of(site))
        assert removed.code == 0, removed.err
        assert deployments(site, api) == []
        assert api.post("/flow_runs/filter", own) == []
        assert f"{site.folder.name}-" not in site.longcot("schedule", "--list").out
        out, err = stopped(serving)
    assert "Traceback" not in out + err, err


@pytest.mark.parametrize("busy", ["wait", "cancel"])
def test_a_worker_builds_once_a_pool_at_a_time(site: Site, api: Api, busy: str) -> None:
    ready(site)
    pool = f"pool-{free_port()}"
    api.post("/work_pools/", {"name": pool, "type": "process"})
    told = site.longcot(
        "schedule", site.own, "--cron", "0 3 1 1 *", "--pool", "pool", "--publish", "out",
        "--work-pool", pool, "--when-busy", busy,
    )  # fmt: skip
    assert told.code == 0, told.err
    with running(worker_of(site, pool)):
        trigger(site, api)
        trigger(site, api)
        wait_for(lambda: sum(ended(run) for run in runs(site, api)) == 2, 240)
    found = runs(site, api)
    states = sorted(run["state_type"] for run in found)
    assert "FAILED" not in states, [run["state"]["message"] for run in found]
    if busy == "cancel":
        assert states == ["CANCELLED", "COMPLETED"]
    else:
        assert states == ["COMPLETED", "COMPLETED"]
        spans = [(run["start_time"], run["end_time"]) for run in runs(site, api)]
        (_, end), (begin, _) = sorted(spans)
        assert datetime.fromisoformat(end) <= datetime.fromisoformat(begin)
    assert site.path("out/README.md").exists()
    assert not site.path("pool/versions/2.json").exists()  # the second found nothing to do


def test_a_worker_tells_the_webhook_of_a_gate_and_does_not_try_again(site: Site, api: Api) -> None:
    ready(site, gates={"rows": "> 1000"})
    pool = f"pool-{free_port()}"
    api.post("/work_pools/", {"name": pool, "type": "process"})
    with listening() as webhook:
        told = site.longcot(
            "schedule", site.own, "--cron", "0 3 1 1 *", "--pool", "pool", "--publish", "out",
            "--work-pool", pool, "--webhook", webhook.url,
        )  # fmt: skip
        assert told.code == 0, told.err
        with running(worker_of(site, pool)):
            trigger(site, api)
            wait_for(lambda: webhook.told and ended(runs(site, api)[0]), 240)
    (run,) = runs(site, api)
    assert (run["state_type"], run["run_count"]) == ("FAILED", 1)
    (message,) = webhook.told
    assert message["id"] == run["id"]
    assert message["state"] == "Failed"
    assert "version 1 does not pass its gates (rows: 12" in message["message"]
    assert not site.path("out").exists()


def test_a_run_that_failed_is_taken_up_again(site: Site, api: Api) -> None:
    ready(site)
    site.path("t.jsonl").rename(site.path("later.jsonl"))
    serving = site.start("schedule", site.own, "--pool", "pool", "--cron", "0 3 1 1 *")
    with running(serving):
        wait_for(lambda: f"{site.folder.name}-" in site.longcot("schedule", "--list").out, 60)
        trigger(site, api)
        wait_for(lambda: "AwaitingRetry" in [run["state_name"] for run in runs(site, api)], 120)
        site.path("later.jsonl").rename(site.path("t.jsonl"))
        wait_for(lambda: ended(runs(site, api)[0]), 240)
        (run,) = runs(site, api)
    assert (run["state_type"], run["run_count"]) == ("COMPLETED", 2)


@pytest.mark.parametrize(("arguments", "why"), [
    (["RECIPE", "--cron", "at three"], "--cron 'at three': no cron expression"),
    (["RECIPE", "--cron", "0 3 * * *", "--work-pool", "nowhere"], "there is no such work pool"),
    (["nothing.yaml", "--cron", "0 3 * * *"], "nothing.yaml: no such file"),
    (["--remove", "nobody"], "nobody: there is no such schedule"),
    (["RECIPE"], "what, and when?"),
    (["RECIPE", "--cron", "0 3 * * *", "--publish", "hf://models/me/x"], "a repository is hf://"),
    (["RECIPE", "--cron", "0 3 * * *", "--publish", "no://me/x"], "Protocol not known"),
    (["RECIPE", "--cron", "0 3 * * *", "--webhook", "nonsense"], "nonsense: is no address"),
])  # fmt: skip
def test_what_cannot_be_scheduled_is_one_paragraph(
    site: Site, arguments: list[str], why: str
) -> None:
    ready(site)
    arguments = [site.own if word == "RECIPE" else word for word in arguments]
    assert why in site.longcot("schedule", *arguments).complaint()


def test_a_schedule_needs_a_server_that_answers(new_site: Callable[..., Site]) -> None:
    alone: Site = new_site(server=False)  # its commands have processes of their own
    ready(alone)
    mistaken = alone.longcot("schedule", alone.own, "--cron", "at three").complaint()
    assert "no cron expression" in mistaken  # told before a server is looked for
    asked = ("schedule", alone.own, "--cron", "0 3 * * *")
    assert "a schedule needs a Prefect server that stays" in alone.longcot(*asked).complaint()
    away = alone.longcot(*asked, PREFECT_API_URL=f"http://127.0.0.1:{free_port()}/api")
    assert "cannot be reached" in away.complaint()
