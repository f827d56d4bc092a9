"""query: ask a pool or a release with SQL."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL for DuckDB")],
    pool: PoolOption = None,
    limit: Annotated[int | None, typer.Option(min=0, help="rows at most")] = None,
    full: Annotated[bool, typer.Option("--full", help="whole cells")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="print CSV, every row")] = False,
    json: Annotated[bool, typer.Option("--json", help="print a JSON object a row")] = False,
    parquet: Annotated[Path | None, typer.Option(help="write every row to this file")] = None,
    files: Annotated[
        bool, typer.Option("--files", help="let the query read other files and URLs as well")
    ] = False,
    memory: Annotated[
        str | None,
        typer.Option(help="DuckDB's memory, such as 4GB; default: half of it"),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="DuckDB's threads; default: half of the cores")
    ] = None,
) -> None:
    """Ask a pool or a release with SQL.

    Tables: problems, traces, verdicts, signals, grades, ratings, answers, duplicates,
    semantic_duplicates, embeddings, contamination, set_aside, rejects, decisions (both);
    `pool` (one row per trace, all joined), `graded` (one row per problem), `view_<name>` for each
    view. A folder of Parquet files that is no pool is the table `release`. Default: the pool
    under ./pools that was built last.

    Examples:

        longcot query "SELECT verdict, reason, count(*) FROM pool GROUP BY ALL"

        longcot query "FROM decisions LIMIT 20" --pool pools/quickstart

        longcot query "SELECT count(*) FROM release" --pool pools/quickstart/releases/sft
    """
    from flows.cli.results import print_lines, write_parquet
    from flows.cli.tables import print_result, terminal
    from tasks.query.locate import default_pool, open_any
    from tasks.query.resources import set_limits
    from tasks.query.sql import query as ask

    set_limits(memory, threads)
    with open_any(pool or default_pool(), files) as connection:
        found = ask(connection, sql, "query")
    found = found if limit is None else found.slice(0, limit)
    if parquet:
        write_parquet(found, parquet)
    if csv or json:
        print_lines(found, "csv" if csv else "json")
    elif not parquet:
        print_result(terminal(), found, full)
