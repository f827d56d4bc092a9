"""forget: rows that a pool must never hold again."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def forget(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="problems or traces; the first few digits do"),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="all rows of a source, or of a teacher")
    ] = None,
    pool: PoolOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Take rows, and what was made from them, out of a pool and all its versions, for good.

    They do not come back with the next build although their source still has them. What a version
    had of them is listed in `removals/`, with the places to which it was published. A run that was
    killed is taken up by the same command, or by the next build. Default: the pool under ./pools
    that was built last.

    Examples:

        longcot forget 1f0c22e07b --pool pools/mine

        longcot forget --source old-exams --pool pools/mine
    """
    from flows.runner.lock import alone
    from schemas.errors import PoolError, QueryError
    from tasks.keeping.family import descendants, every_row, named, of_source
    from tasks.keeping.forget import forget as take_out
    from tasks.pool.migrate import current
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool

    if bool(ids) == bool(source):
        raise QueryError("name either ids of problems and traces, or a --source")
    place = Pool(pool or default_pool())
    name = place.manifest["name"]  # says so where there is no pool, before it is locked
    with alone(place):
        if not current(place):
            raise PoolError(f"{place.url}: of an older format; `longcot migrate {place.url}` first")
        problems, traces = every_row(place)
        if source:
            asked = of_source(problems, traces, source)
        else:
            asked = {named(place, problems, traces, start) for start in ids or []}
        found = descendants(asked, problems, traces)
        counts = [len(found & {*own}) for own in (problems["problem_id"], traces["trace_id"])]
        told = f"{name}: {counts[0]:,} problems and {counts[1]:,} traces are forgotten for good"
        if not yes:
            typer.confirm(f"{told}. Go on?", abort=True)
        listed = take_out(place, found)
    typer.echo(told)
    if listed:
        typer.echo(
            f"versions had them: {place.path(listed)} lists them, and where they were published. "
            "There they still are: build, publish again, and delete the older revisions there"
        )
    typer.echo("the next build makes a version without them")
