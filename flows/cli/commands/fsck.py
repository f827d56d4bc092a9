"""fsck: is a pool still what was written?"""

from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def fsck(
    place: Annotated[str | None, typer.Argument(metavar="[POOL]", help="the pool")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="read every byte")] = False,
) -> None:
    """Say which files of a pool are damaged, what heals by itself and what would cost money.

    Changes nothing. Exit code 1 where something is damaged. Without --deep only sizes are compared;
    builds and queries check what they read by themselves. Default: the pool under ./pools that was
    built last.

    Example:

        longcot fsck pools/quickstart --deep
    """
    from flows.cli.tables import print_record, terminal
    from tasks.keeping.fsck import fsck as damages
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool

    console = terminal()
    found = list(damages(Pool(place or default_pool()), deep))
    for damage in found:
        print_record(console, damage._asdict())
    if found:
        console.print(f"{len(found):,} damaged")
        raise typer.Exit(1)
    console.print("every file is whole" if deep else "every file has its size; --deep reads them")
