"""Schedules as Prefect keeps them: deployments of the flow `refresh`, one a pool."""

from pathlib import Path
from typing import Any, Literal

from flows.recipe_file import load_recipe
from flows.runner import guardian
from flows.runner.prefect.server import PATIENCE, check_server
from schemas.errors import LongcotError, MachineError
from schemas.identity import digest
from tasks.pool.store import Pool

FLOW, TAG = "longcot", "longcot"

Busy = Literal["wait", "cancel"]
"""What becomes of a run that is due while another of its pool runs."""


def check_scheduler() -> str:
    """The address of a Prefect server that stays, and answers. Raises MachineError."""
    from prefect.settings import PREFECT_API_URL

    url = PREFECT_API_URL.value()
    if not url:
        raise MachineError(
            "a schedule needs a Prefect server that stays: `prefect server start`, then set "
            "PREFECT_API_URL (http://127.0.0.1:4200/api, if it runs on this machine)"
        )
    check_server(url, "start it; a schedule needs one that stays")
    return url


def name_of(recipe: str, pool: str) -> str:
    """What a schedule is called: by its recipe, told apart from others by its pool."""
    return f"{recipe}-{digest('schedule', pool)[:6]}"


def deployment(recipe: Path, pool: str | None, cron: str, busy: Busy, more: dict[str, Any]) -> Any:
    """The deployment of a recipe, not told to the server yet. Raises LongcotError.

    more: further parameters of the flow
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import EntrypointType
    from prefect.schedules import Cron

    from flows.schedule.refresh import refresh

    plan = load_recipe(recipe)
    place = Pool(pool or f"pools/{plan.name}").url
    strategies = {
        "wait": ConcurrencyLimitStrategy.ENQUEUE,
        "cancel": ConcurrencyLimitStrategy.CANCEL_NEW,
    }
    limit = ConcurrencyLimitConfig(limit=1, collision_strategy=strategies[busy])
    return refresh.to_deployment(
        name=name_of(plan.name, place),
        schedule=Cron(cron),
        paused=False,  # one that was stopped is
        concurrency_limit=limit,
        parameters={"recipe": str(recipe.resolve()), "pool": place, **more},
        tags=[TAG],
        description=plan.description or f"builds {plan.name}",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def check_cron(cron: str) -> None:
    """Raises LongcotError unless `cron` is a cron expression."""
    from prefect.client.schemas.schedules import CronSchedule

    try:
        CronSchedule(cron=cron)
    except ValueError:
        raise LongcotError(
            f"--cron {cron!r}: no cron expression; five fields are minute, hour, day of the month, "
            'month, day of the week: "0 3 * * *" is every night at three (UTC)'
        ) from None


def hand_over(made: Any, work_pool: str) -> None:
    """Give a deployment to a work pool, whose workers run it. Raises LongcotError."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(work_pool)
        except ObjectNotFound:
            raise LongcotError(
                f"--work-pool {work_pool}: there is no such work pool; "
                f"`prefect work-pool create {work_pool} --type process` makes one"
            ) from None
    made.work_pool_name = work_pool
    made.apply()


def listed(url: str, patience: float = PATIENCE) -> list[dict[str, Any]]:
    """Rows `schedule, cron, active, recipe, pool, publish, by` of a server, by name.

    Without Prefect, which takes a second to import. Raises OSError where nothing answers.
    """
    wanted = {"deployments": {"tags": {"all_": [TAG]}}}
    found = guardian.post(f"{url.rstrip('/')}/deployments/filter", wanted, patience)
    rows = [_row(one) for one in found]
    return sorted(rows, key=lambda row: str(row["schedule"]))


def _row(one: dict[str, Any]) -> dict[str, Any]:
    never: dict[str, Any] = {"active": False, "schedule": {}}
    schedule = next(iter(one["schedules"]), never)
    told = one["parameters"]
    return {
        "schedule": one["name"],
        "cron": schedule["schedule"].get("cron", ""),
        "active": schedule["active"] and not one["paused"],
        "recipe": told.get("recipe"),
        "pool": told.get("pool"),
        "publish": told.get("publish"),
        "by": one["work_pool_name"] or "a process that serves it",
    }


def remove(name: str, url: str) -> None:
    """Remove a schedule; runs that are under way go on. Raises LongcotError if there is none."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.delete_deployment(client.read_deployment_by_name(f"{FLOW}/{name}").id)
        except ObjectNotFound:
            known = ", ".join(row["schedule"] for row in listed(url)) or "none"
            raise LongcotError(f"{name}: there is no such schedule (there is: {known})") from None
