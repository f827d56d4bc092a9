"""recheck: something already published against benchmarks."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def recheck(
    place: Annotated[str, typer.Argument(help="a pool, or a folder of Parquet files")],
    benchmark: Annotated[
        list[str], typer.Option("--benchmark", help="a shipped name or a file; may be repeated")
    ],
    out: Annotated[Path, typer.Option("--out", help="folder for the two files")] = Path("recheck"),
) -> None:
    """Compare something already built or published with benchmarks; list what to remove.

    Writes removals.csv (one line per problem to drop or review) and hits.parquet (the evidence,
    both texts side by side). Changes nothing else.

    Examples:

        longcot recheck pools/quickstart --benchmark my-exam.jsonl

        longcot recheck pools/mine/releases/sft --benchmark aime26 --benchmark math-500
    """
    from flows.cli.tables import print_rows, terminal
    from tasks.contamination.options import Comparison
    from tasks.contamination.recheck import recheck as check

    found = check(place, Comparison(benchmarks=benchmark), Path(), out)
    told = (
        found.hits.group_by("benchmark", "test", "decision")
        .len("hits")
        .sort("benchmark", "test", "decision")
    )
    console = terminal()
    print_rows(console, told.to_dicts())
    console.print(
        f"{found.rows:,} rows, {found.problems:,} problems, {len(found.removals):,} in "
        f"{out / 'removals.csv'}; the evidence: {out / 'hits.parquet'}",
        highlight=False,
        soft_wrap=True,
    )
