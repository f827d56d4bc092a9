"""adjudicate: a person judges traces."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def adjudicate(
    pool: PoolOption = None,
    n: Annotated[int, typer.Option("-n", help="traces to show")] = 20,
    seed: Annotated[int, typer.Option(help="seed of the draw")] = 42,
) -> None:
    """Judge traces yourself, those that verifiers and labels dispute first.

    What you decide is the label from the next `longcot build` on, and tells how good the
    machine's label is. Default: the pool under ./pools that was built last.

    Example:

        longcot adjudicate --pool pools/quickstart -n 10
    """
    from flows.cli.adjudication import QUESTION
    from flows.cli.adjudication import adjudicate as judge
    from flows.cli.tables import terminal
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool, open_any

    place = pool or default_pool()
    with open_any(place) as connection:
        decided = judge(
            connection, Pool(place), terminal(), lambda: typer.prompt(QUESTION), n, seed
        )
    typer.echo(f"{decided} decided; `longcot build` takes them in")
