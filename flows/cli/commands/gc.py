"""gc: what a pool's files take, and the deletion of what nothing needs."""

from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def gc(
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="folder or URL")] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="versions that stay, the latest; else all")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell what would go")] = False,
) -> None:
    """Say what versions, tables and journals take, and delete what nothing needs.

    Needed is what the latest build made, what an unfinished one has done, every version that stays,
    and whatever a model was paid for. Default: the pool under ./pools that was built last.

    Examples:

        longcot gc pools/mine --dry-run

        longcot gc pools/mine --keep 5
    """
    from flows.cli.tables import print_rows, terminal
    from flows.runner.lock import alone
    from tasks.keeping.gc import collect, summed, survey
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool

    place = Pool(pool or default_pool())
    name = place.manifest["name"]  # says so where there is no pool, before it is locked
    with alone(place):
        found = survey(place, keep)
        if not dry_run:
            collect(place, found)
    gone = [file for file in found if file.goes]
    rows = [{key: f"{value:,}" if isinstance(value, int) else value for key, value in row.items()}
            for row in summed(found)]  # fmt: skip
    print_rows(terminal(), rows, f"{name}: what its files take")
    size = sum(file.bytes for file in gone)
    typer.echo(f"{len(gone):,} files, {size:,} bytes {'can go' if dry_run else 'went'}")
