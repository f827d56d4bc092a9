"""diff: what changed between two versions of a release."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def diff(
    before: Annotated[int, typer.Argument(help="number of a version")],
    after: Annotated[int, typer.Argument(help="number of another")],
    pool: PoolOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="with the first ids of each sort")
    ] = False,
) -> None:
    """Count the rows that one version has and another has not, and those that changed.

    Default: the pool under ./pools that was built last.

    Example:

        longcot diff 2 3 --pool pools/mine
    """
    import json

    from flows.cli.tables import print_rows, terminal
    from tasks.pool.store import Pool
    from tasks.publishing.diff import diff as compare
    from tasks.publishing.versions import whole
    from tasks.query.locate import default_pool

    place = Pool(pool or default_pool())
    found = compare(place, whole(place, before), whole(place, after))
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    told = [
        {**{key: row[key] for key in ("view", "added", "removed", "changed")},
         "in": ", ".join(f"{column} {count:,}" for column, count in row["columns"].items())}
        for row in found
    ]  # fmt: skip
    print_rows(terminal(), told)
