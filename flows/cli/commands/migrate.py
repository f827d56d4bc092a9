"""migrate: an older pool in the present format."""

from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def migrate(
    pool: Annotated[str, typer.Argument(help="the pool: a folder or fsspec URL")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Bring a pool that an older longcot wrote over to the present format.

    Says first what it will do. Nothing is computed or asked again, and a run that was killed is
    taken up by the next. `longcot build` does the same by itself.

    Example:

        longcot migrate pools/mine
    """
    from flows.runner.lock import alone
    from tasks.pool import migrate as older
    from tasks.pool.store import FORMAT, Pool

    place = Pool(pool)
    found = older.older(place)
    if not found and older.current(place):
        typer.echo(f"nothing to do: {place.url} is of format {FORMAT}")
        return
    typer.echo(older.explained(place, found))
    if not yes:
        typer.confirm("go on?", abort=True)
    with alone(place):
        older.migrate(place, found)
    typer.echo("done")
