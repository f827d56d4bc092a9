"""status: how pools stand."""

from typing import Annotated, Any

import typer

from flows.cli.app import app


@app.command()
def status(
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="folder or URL")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="everything, for programs")] = False,
) -> None:
    """Tell what is built, running, missing, scheduled and published.

    Default: every pool under ./pools. Schedules are those of the server that PREFECT_API_URL names.

    Example:

        longcot status pools/mine
    """
    import json

    from flows.cli.tables import print_rows, terminal
    from flows.status import known_schedules, pools, status
    from schemas.errors import QueryError
    from tasks.pool.store import Pool

    places = [pool] if pool else pools()
    if not places:
        raise QueryError("no pool under ./pools; name one, or run `longcot build` first")
    schedules = known_schedules()
    found = [status(Pool(place), schedules) for place in places]
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        print_rows(terminal(), [_row(one) for one in found], full=True)


def _row(one: dict[str, Any]) -> dict[str, str]:
    built, run = one["built"], one["running"]
    words = {True: "since", False: "killed; began", None: "on another machine, since"}
    scheduled = one["scheduled"]
    return {
        "pool": one["pool"],
        "built": _built(built) if built else "no version",
        "running": f"{words[run['lives']]} {run['began']}" if run else "",
        "missing": ", ".join(one["missing"]),
        "scheduled": "not known: no server tells" if scheduled is None else ", ".join(
            f"{row['cron']}{'' if row['active'] else ' (paused)'}" for row in scheduled
        ),
        "published": ", ".join(f"{row['to']} v{row['version']}" for row in one["published"]),
    }  # fmt: skip


def _built(built: dict[str, Any]) -> str:
    rows = ", ".join(f"{view} {count:,}" for view, count in built["rows"].items())
    held = f"; does not pass {', '.join(built['gates'])}" if built["gates"] else ""
    return f"v{built['version']} of {built['made'][:16]} ({rows}){held}"
