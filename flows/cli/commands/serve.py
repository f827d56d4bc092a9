"""serve: the verifiers over HTTP, for trainers and validators."""

import os
from typing import Annotated

import typer

from flows.cli.app import app


@app.command("serve")
def serve_(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on")] = 8321,
    workers: Annotated[int | None, typer.Option(help="processes; default: the CPUs")] = None,
    deadline: Annotated[float, typer.Option(help="seconds that one item may take")] = 6.0,
    queue: Annotated[int, typer.Option(help="items held at once; beyond: status 429")] = 4096,
) -> None:
    """Judge over HTTP: POST /verify, GET /health, GET /metrics.

    Off loopback a token is needed: the environment variable LONGCOT_TOKEN, which clients send as
    `Authorization: Bearer TOKEN`.

    Example:

        longcot serve --port 8321
    """
    from ipaddress import ip_address

    from aiohttp import web

    from schemas.errors import LongcotError
    from verifiers import Pool
    from verifiers.server import application

    token = os.environ.get("LONGCOT_TOKEN", "")
    try:
        alone = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        alone = False
    if not token and not alone:
        raise LongcotError(
            f"--host {host} is reached from other machines, so a token is needed: set the "
            "environment variable LONGCOT_TOKEN, or listen on 127.0.0.1"
        )
    with Pool(workers, deadline) as pool:
        web.run_app(application(pool, token, queue), host=host, port=port, access_log=None)
