"""signals: what is measured of every trace."""

import typer

from flows.cli.app import app


@app.command()
def signals() -> None:
    """List the signals of a trace: name, type, unit, range, meaning and paper.

    A view selects by them: `where: compression > 0.1`.

    Example:

        longcot signals
    """
    from schemas.parts.signal import in_order

    for one in in_order():
        bounds = ["" if end is None else f"{end:g}" for end in (one.low, one.high)]
        scale = f", {one.unit}" if one.unit else ""
        scale += f", {' to '.join(bounds)}" if all(bounds) else ""
        typer.echo(f"{one.name}  ({one.type}{scale})\n    {one.description}")
        if one.paper:
            typer.echo(f"    {one.paper}")
