"""steps: what a recipe can be made of."""

from flows.cli.app import app


@app.command()
def steps() -> None:
    """List every step with its options, the tables that it reads and writes, and its default.

    Example:

        longcot steps
    """
    from flows.cli.tables import print_rows, terminal
    from flows.steps import options, table

    console = terminal()
    print_rows(console, table(), "steps")
    print_rows(console, options(), "options")
