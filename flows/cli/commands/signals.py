"""signals: what is measured of every trace."""

import typer

from flows.cli.app import app


@app.command()
def signals() -> None:
    """List the signals of a trace: name, type, unit, range, meaning and paper.

    A recipe chooses them, by name or family (`measure: {signals: [standard, loops]}`); those
    marked with * are the standard ones. A view selects by them: `where: compression > 0.1`. Then
    the named text filters: `where: not multiple_choice(problem)`.

    Example:

        longcot signals
    """
    from schemas.parts.signal import STANDARD, in_order
    from tasks.query.filters import FILTERS

    for one in in_order():
        bounds = ["" if end is None else f"{end:g}" for end in (one.low, one.high)]
        scale = f", {one.unit}" if one.unit else ""
        scale += f", {' to '.join(bounds)}" if all(bounds) else ""
        star = "*" if one.name in STANDARD else ""
        typer.echo(f"{one.name}{star}  ({one.family}: {one.type}{scale})\n    {one.description}")
        if one.paper:
            typer.echo(f"    {one.paper}")
    for named in FILTERS:
        typer.echo(f"{named.name}({named.parameters})\n    {named.description}\n    {named.paper}")
