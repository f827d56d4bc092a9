"""view: read a pool or a release in the browser."""

import contextlib
from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def view(
    place: Annotated[
        str | None, typer.Argument(metavar="[POOL|RELEASE]", help="a pool, or a folder of Parquet")
    ] = None,
    port: Annotated[int, typer.Option(help="port; 0: any that is free")] = 8421,
    host: Annotated[
        str, typer.Option(help="address to listen on; others than 127.0.0.1 let others in")
    ] = "127.0.0.1",
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="open the browser")] = True,
) -> None:
    """Read traces in the browser: filter, compare samples, decide right or wrong.

    What you decide goes where `longcot adjudicate` puts it. Default: the pool under ./pools that
    was built last.

    Examples:

        longcot view

        longcot view pools/quickstart/releases/sft --port 9000
    """
    import socket
    import webbrowser

    import uvicorn

    from flows.viewer.app import viewer
    from schemas.errors import PoolError
    from tasks.query.locate import default_pool

    application = viewer(place or default_pool())
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise PoolError(
                f"{host}:{port}: cannot listen there ({error.strerror}); choose another --port"
            ) from None
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening.getsockname()[1]}/"
        typer.echo(f"{url}   (Ctrl-C ends it)")
        if open_browser:
            webbrowser.open(url)
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        with contextlib.suppress(KeyboardInterrupt):
            server.run([listening])
