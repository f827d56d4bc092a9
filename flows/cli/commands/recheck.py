"""recheck: something already published against benchmarks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import app

if TYPE_CHECKING:
    import polars as pl


@app.command()
def recheck(
    place: Annotated[str, typer.Argument(help="a pool, or a folder of Parquet files")],
    benchmark: Annotated[
        list[str], typer.Option("--benchmark", help="a shipped name or a file; may be repeated")
    ],
    out: Annotated[Path, typer.Option("--out", help="folder for the two files")] = Path("recheck"),
    apply: Annotated[
        bool, typer.Option("--apply", help="release the pool's latest version without the drops")
    ] = False,
) -> None:
    """Compare something already built or published with benchmarks; list what to remove.

    Writes removals.csv (one line per problem to drop or review) and hits.parquet (the evidence,
    both texts side by side). Changes nothing else, unless --apply: then the problems to drop are
    set aside in the pool for good, and its latest version is released anew without their rows, with
    a list of these in `removals/`.

    Examples:

        longcot recheck pools/quickstart --benchmark my-exam.jsonl

        longcot recheck pools/mine/releases/sft --benchmark aime26 --benchmark math-500

        longcot recheck pools/mine --benchmark aime26 --apply
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
    if apply:
        _apply(place, found.hits)


def _apply(place: str, hits: "pl.DataFrame") -> None:
    from flows.runner.lock import alone
    from tasks.keeping.recheck import apply as withdraw
    from tasks.pool.store import Pool

    pool = Pool(place)
    name = pool.manifest["name"]  # says so where there is no pool, before it is locked
    with alone(pool):
        version, listed = withdraw(pool, hits)
    if version is None:
        typer.echo(f"{name}: the latest version has no row of a problem to drop")
        return
    typer.echo(f"{name}: version {version.number} is released without them; publish it again")
    typer.echo(f"{pool.path(str(listed))} lists the rows that left, and where they were published")
