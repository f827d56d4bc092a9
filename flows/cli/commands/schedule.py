"""schedule: builds by the clock."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


class WhenBusy(StrEnum):
    """What becomes of a run that is due while another of its pool runs."""

    wait = "wait"
    cancel = "cancel"


@app.command()
def schedule(
    recipe: Annotated[
        str | None, typer.Argument(help="a recipe file, or the name of a shipped one")
    ] = None,
    cron: Annotated[
        str | None, typer.Option("--cron", help='when, in UTC: "0 3 * * *" is every night at three')
    ] = None,
    pool: PoolOption = None,
    publish: Annotated[
        str | None, typer.Option("--publish", help="where to, if the gates are passed")
    ] = None,
    work_pool: Annotated[
        str | None, typer.Option("--work-pool", help="let workers of this pool run it")
    ] = None,
    when_busy: Annotated[
        WhenBusy, typer.Option("--when-busy", help="what a second run of the pool does")
    ] = WhenBusy.wait,
    webhook: Annotated[
        str | None, typer.Option("--webhook", help="address that is told of failures and gates")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="list the schedules")] = False,
    remove: Annotated[str | None, typer.Option("--remove", help="remove one, by name")] = None,
) -> None:
    """Build a recipe by the clock: a deployment of Prefect, whose server keeps the time.

    Without --work-pool this process serves it until it is stopped. See docs/scheduling.md.

    Example:

        longcot schedule my-recipe.yaml --cron "0 3 * * *" --publish hf://datasets/me/mine
    """
    from flows.cli.recipe_names import find_recipe
    from flows.cli.tables import print_rows, terminal
    from flows.schedule import deployments
    from flows.schedule.webhook import check_webhook
    from schemas.errors import RecipeError
    from tasks.publishing.publish import check_place

    if list_:
        print_rows(terminal(), deployments.listed(deployments.check_scheduler()), full=True)
        return
    if remove:
        deployments.remove(remove, deployments.check_scheduler())
        typer.echo(f"{remove}: removed")
        return
    if recipe is None or cron is None:
        raise RecipeError(
            "what, and when? `longcot schedule RECIPE --cron WHEN`, or --list, or --remove NAME"
        )
    # Now, and not at three in the morning.
    if publish:
        check_place(publish)
    if webhook:
        check_webhook(webhook)
    deployments.check_cron(cron)
    path = find_recipe(recipe)
    deployments.check_scheduler()
    where = str(Path(publish).resolve()) if publish and "://" not in publish else publish
    more = {"publish": where, "webhook": webhook}
    made = deployments.deployment(path, pool, cron, when_busy.value, more)
    typer.echo(f"{made.name}: {cron} (UTC) into {made.parameters['pool']}")
    if work_pool:
        deployments.hand_over(made, work_pool)
        typer.echo(f"its runs wait for a worker: prefect worker start --pool {work_pool}")
        return
    from prefect import serve

    typer.echo("served by this process until it is stopped (Ctrl-C), which pauses the schedule")
    serve(made, print_starting_message=False)
