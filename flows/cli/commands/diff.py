"""diff: what changed between two releases."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="a version's number, a pool, a folder, or a URL")],
    after: Annotated[str, typer.Argument(help="another")],
    pool: PoolOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="with every id, and its reason")] = False,
) -> None:
    """Count the rows that one release has and another has not, why they left, and what changed.

    A number is a version of --pool (default: the pool under ./pools that was built last); a pool
    stands for its latest version; a folder is one that `export` or `publish` wrote, or any with
    Parquet files; hf://datasets/USER/NAME@REVISION is one on the Hub.

    Examples:

        longcot diff 2 3 --pool pools/mine

        longcot diff hf://datasets/me/mine@v2 pools/mine --json
    """
    import json

    from flows.cli.tables import print_rows, terminal
    from tasks.publishing.diff.changelog import told
    from tasks.publishing.diff.rows import diff as compare
    from tasks.publishing.diff.sides import sides

    first, second = sides(before, after, pool)
    found = compare(first, second)
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    rows = [
        {
            **{key: row[key] for key in ("view", "added", "removed", "changed")},
            "changed in": told(row["columns"]),
            "removed because": told(row["reasons"]),
        }
        for row in found
    ]
    print_rows(terminal(), rows, f"{first.name} -> {second.name}", full=True)
