"""compare: views and recipes over one pool, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def compare(
    sides: Annotated[
        list[str],
        typer.Argument(help="a view, a version's number, or a recipe; 2:sft, limo:sft: one view"),
    ],
    pool: PoolOption = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="draw it into this file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="every figure, as JSON")] = False,
) -> None:
    """Put views and recipes over one pool side by side: rows, tokens, overlap, difficulty, length,
    domains, languages, thoughts, wrong labels, cost.

    A name is a view of the pool's last version; a number all views of that version; a recipe (a
    file, or a shipped one) all its views, which are selected over the pool's tables as they are:
    nothing is built or written. Default: the pool under ./pools that was built last.

    Examples:

        longcot compare sft pairs rlvr --pool pools/mine

        longcot compare 1:sft sft

        longcot compare sft limo openreasoning --svg recipes.svg
    """
    import json

    from flows.cli.comparison import figures, overlap
    from flows.cli.recipe_names import find_recipe
    from flows.cli.tables import print_rows, terminal
    from flows.recipe_file import load_recipe
    from schemas.errors import QueryError
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool
    from tasks.reports.comparison.figures import compared
    from tasks.reports.comparison.picture import picture
    from tasks.reports.comparison.sides import sides_of

    place = Pool(pool or default_pool())
    found = compared(
        place, sides_of(place, sides, lambda name: load_recipe(find_recipe(name)).views)
    )
    if svg:
        try:
            svg.write_text(picture(found), "utf-8")
        except OSError as error:
            raise QueryError(f"{svg}: cannot be written: {error}") from None
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    console = terminal()
    for lines in figures(found):
        print_rows(console, lines, f"views over {place.url}", full=True)
    for unit in ("problems", "traces"):
        for lines in overlap(found, unit):
            print_rows(console, lines, f"{unit} that two have, and their share of the line's", True)
