"""build: run a recipe."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app
from flows.cli.recipe_names import find_recipe


@app.command()
def build(
    recipe: Annotated[str, typer.Argument(help="a recipe file, or the name of a shipped one")],
    pool: PoolOption = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="ask again for samples that had failed for good")
    ] = False,
    rebuy: Annotated[
        bool, typer.Option("--rebuy", help="ask again for what was paid for and is lost by damage")
    ] = False,
    allow_rejudge: Annotated[
        bool,
        typer.Option(
            "--allow-rejudge", help="ask the judge about what the rules decided and no longer do"
        ),
    ] = False,
    runner: Annotated[
        str | None,
        typer.Option(
            "--runner", help="where jobs are done: threads, processes, dask, ray", metavar="WHERE"
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="jobs at a time; default: one a core")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="a running Dask or Ray cluster")
    ] = None,
) -> None:
    """Run a recipe; what is finished already is not done again.

    The pool is `pools/<name of the recipe>` unless --pool says otherwise. The exit code is 3 where
    everything was built and the version does not pass the recipe's `gates`.

    Examples:

        longcot build quickstart

        longcot build my-recipe.yaml --pool s3://bucket/pools/mine

        longcot build my-recipe.yaml --runner dask --address tcp://head:8786
    """
    from flows.build import build as flow
    from flows.build import finished
    from flows.cli.tables import print_report, terminal
    from flows.runner.signals import guarded
    from schemas.errors import GateError
    from tasks.pool.build import Choices
    from tasks.publishing.gates import KEPT, check_gates
    from tasks.publishing.versions import whole

    path = str(find_recipe(recipe))
    choices = Choices(
        retry_failed,
        rebuy=rebuy,
        allow_rejudge=allow_rejudge,
        runner=runner,
        workers=workers,
        address=address,
    )
    done = finished(path, pool, choices)
    if done:
        typer.echo(
            f"nothing to do: {done.url} is what {recipe} makes; `longcot report` is its report"
        )
        check_gates(whole(done), KEPT)
        return
    try:
        with guarded(f"longcot build {recipe}" + (f" --pool {pool}" if pool else "")):
            report = flow(path, pool, choices)
    except GateError as error:
        print_report(terminal(), error.report)
        raise
    print_report(terminal(), report)
