"""show: the whole history of one row."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def show(
    row: Annotated[str, typer.Argument(metavar="ID", help="problem or trace id, or its beginning")],
    pool: PoolOption = None,
) -> None:
    """Print the whole history of a problem or trace: text, verdicts, signals, grades, decisions.

    Default: the pool under ./pools that was built last.

    Example:

        longcot show 3f9a12
    """
    from flows.cli.tables import print_record, print_rows, terminal
    from schemas.printable import printable
    from tasks.query.history import history
    from tasks.query.locate import default_pool, open_any

    console = terminal()
    with open_any(pool or default_pool()) as connection:
        for section, rows in history(connection, row).items():
            console.rule(printable(section), align="left")
            if len(rows) == 1:
                print_record(console, rows[0])
            else:
                print_rows(console, rows)
