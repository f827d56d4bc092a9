"""show: the whole history of one row."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def show(
    row: Annotated[
        str,
        typer.Argument(
            metavar="ID|random|wrong|disputed",
            help="problem or trace id, or its beginning; or a trace drawn anew each time: any, one "
            "called incorrect, one that another grader or the recording's label sees otherwise",
        ),
    ],
    pool: PoolOption = None,
) -> None:
    """Print the whole history of a problem or trace: text, verdicts, signals, grades, decisions.

    Long output goes through $PAGER where a person reads it. Default: the pool under ./pools that
    was built last.

    Examples:

        longcot show 3f9a12

        longcot show disputed --pool pools/quickstart
    """
    from contextlib import nullcontext

    from flows.cli.tables import print_record, print_rows, terminal
    from schemas.printable import printable
    from tasks.query.history import history, prices_of
    from tasks.query.locate import default_pool, open_any
    from tasks.reports.draw import DRAWS, draw

    console = terminal()
    place = pool or default_pool()
    with open_any(place) as connection:
        wanted = draw(connection, row) if row in DRAWS else row
        found = history(connection, wanted, prices_of(place))
    with console.pager(styles=False) if console.is_terminal else nullcontext():
        for section, rows in found.items():
            console.rule(printable(section), align="left")
            if len(rows) == 1:
                print_record(console, rows[0])
            else:
                print_rows(console, rows)
