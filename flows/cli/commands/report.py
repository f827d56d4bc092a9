"""report: the build's report as a page."""

from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def report(
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="folder or URL")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="open it in the browser")] = False,
) -> None:
    """Write `report.html` into a pool: one file, read offline, that says whether to train on it.

    Default: the pool under ./pools that was built last.

    Example:

        longcot report pools/quickstart --open
    """
    import webbrowser
    from pathlib import Path

    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool
    from tasks.reports.page import write_report

    place = Pool(pool or default_pool())
    written = write_report(place)
    typer.echo(written)
    if open_browser:
        webbrowser.open(Path(written).resolve().as_uri() if place.local else written)
