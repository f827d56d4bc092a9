"""query: ask a pool or a release with SQL."""

from typing import Annotated

import typer

from flows.cli.app import PoolOption, app


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL for DuckDB")],
    pool: PoolOption = None,
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
    from flows.cli.tables import print_result, terminal
    from tasks.query.locate import default_pool, open_any
    from tasks.query.sql import query as ask

    with open_any(pool or default_pool()) as connection:
        print_result(terminal(), ask(connection, sql, "query"))
