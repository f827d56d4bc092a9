"""report: the build's report as a page."""

from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def report(
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="folder or URL")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="open it in the browser")] = False,
) -> None:
    """Tell where the report of the latest version is: one page that says whether to train on it.

    The build wrote it; it is written again where it is gone. Default: the pool under ./pools that
    was built last.

    Example:

        longcot report pools/quickstart --open
    """
    import webbrowser
    from pathlib import Path

    from tasks.pool.store import Pool
    from tasks.publishing.diff.since import since
    from tasks.publishing.versions import whole
    from tasks.query.locate import default_pool
    from tasks.reports.page import place_of, write_report

    place = Pool(pool or default_pool())
    version = whole(place)
    relative = place_of(version)
    if not place.exists(relative):
        write_report(place, version, since(place, version))
    written = place.path(relative) if place.local else f"{place.url.rstrip('/')}/{relative}"
    typer.echo(written)
    if open_browser:
        webbrowser.open(Path(written).resolve().as_uri() if place.local else written)
