"""export: a version as a plain folder."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def export(
    version: Annotated[int, typer.Argument(help="number of the version")],
    folder: Annotated[Path, typer.Argument(help="a folder that is not there yet")],
    pool: PoolOption = None,
) -> None:
    """Write any version of a release as a plain folder: a card, the recipe, a folder per view.

    Default: the pool under ./pools that was built last.

    Example:

        longcot export 3 old-release --pool pools/mine
    """
    from tasks.pool.store import Pool
    from tasks.publishing.export import export as write
    from tasks.publishing.versions import whole
    from tasks.query.locate import default_pool

    place = Pool(pool or default_pool())
    count = write(place, whole(place, version), folder)
    typer.echo(f"{folder}: version {version}, {count} files; load_dataset({str(folder)!r}, VIEW)")
