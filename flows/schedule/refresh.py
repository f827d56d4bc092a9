"""The flow that a schedule runs: build what is new, and publish it if its gates are passed."""

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRunPolicy
from prefect.runtime import flow_run

from flows.build import finished, run
from flows.publish import publish as publish_latest
from flows.runner.prefect.threads import PrefectThreads, builds, log
from flows.runner.signals import guarded
from flows.schedule.webhook import tell
from schemas.errors import GateError, RecipeError
from tasks.pool.build import Choices
from tasks.pool.store import Pool
from tasks.publishing.gates import KEPT, check_gates
from tasks.publishing.versions import whole

RETRIES, PAUSE = 3, 60
"""How often a run that failed is taken up again, and the seconds before."""

FINAL = (GateError, RecipeError)
"""What no repetition mends."""


@flow(
    name="longcot",
    flow_run_name="refresh {recipe}",
    retries=RETRIES,
    retry_delay_seconds=PAUSE,
    on_failure=[tell],
    on_crashed=[tell],
    **builds(),
)
def refresh(
    recipe: str,
    pool: str | None = None,
    publish: str | None = None,
    views: list[str] | None = None,
    forbid: list[str] | None = None,
    retry_failed: bool = False,
    webhook: str | None = None,
) -> None:
    """Build a recipe, and publish the version where its gates are passed.

    Args:
        recipe: path of the recipe, on the machine that builds
        pool: folder or URL of the pool; none: pools/NAME beside where it runs
        publish: where the version goes, such as hf://datasets/USER/NAME; none: nowhere
        views: the views that are published; none: all
        forbid: terms of licences that must not be published, such as nc
        retry_failed: ask teachers again for samples that had failed for good
        webhook: address that is told of a failure, a crash or a gate that was not passed
    """
    try:
        place = _built(recipe, pool, Choices(retry_failed))
        if publish:
            version, sent = publish_latest(
                place, publish, views=views, forbid=forbid or (), say=log
            )
            log(f"version {version.number} to {publish}: {len(sent.new)} files went")
    except FINAL:
        _give_up()
        raise


def _built(recipe: str, pool: str | None, choices: Choices) -> Pool:
    """The pool as the recipe says. Raises LongcotError; GateError if its version is held back."""
    if done := finished(recipe, pool, choices):
        log(f"nothing to do: {done.url} is what {recipe} makes")
        check_gates(whole(done), KEPT)
        return done
    with guarded(f"the next run of {Path(recipe).name}"):
        report: dict[str, Any] = run(recipe, pool, PrefectThreads(), choices)
    return Pool(report["pool"])


def _give_up() -> None:
    """Tell Prefect that this run is not to be tried again."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, empirical_policy=FlowRunPolicy(retries=0))
