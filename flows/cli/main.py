"""The command line: build, query, show, recheck, recipes, schema."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import LongcotError, RecipeError

app = typer.Typer(
    help="Build long chain-of-thought datasets: problems in, verified teacher traces out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

PoolOption = Annotated[
    str | None, typer.Option("--pool", help="folder or fsspec URL; default: see the command")
]


@app.command()
def build(
    recipe: Annotated[str, typer.Argument(help="a recipe file, or the name of a shipped one")],
    pool: PoolOption = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="ask again for samples that had failed for good")
    ] = False,
) -> None:
    """Run a recipe; what is finished already is not done again.

    The pool is `pools/<name of the recipe>` unless --pool says otherwise.

    Examples:

        longcot build quickstart

        longcot build my-recipe.yaml --pool s3://bucket/pools/mine
    """
    from schemas.recipe_file import load_recipe

    path = find_recipe(recipe)
    load_recipe(path)  # a mistake in it is told at once
    from flows.build import build as flow  # Prefect takes seconds to import: only where needed
    from flows.cli.tables import print_report, terminal

    report = flow(str(path), pool, retry_failed)
    print_report(terminal(), report)


@app.command()
def plan(
    recipe: Annotated[str, typer.Argument(help="a recipe file, or the name of a shipped one")],
    problems: Annotated[int, typer.Option(min=2, help="problems of the pilot")] = 50,
    pool: PoolOption = None,
) -> None:
    """Run a pilot and predict the whole: rows after each filter, tokens, hours, money.

    The live teachers are asked for a random few of the problems. The traces go to the pool that
    `longcot build` fills, which asks for the others alone.

    Example:

        longcot plan my-recipe.yaml --problems 100
    """
    from schemas.recipe_file import load_recipe
    from schemas.teachers import Live

    path = find_recipe(recipe)
    if not any(isinstance(teacher, Live) for teacher in load_recipe(path).teachers):
        raise RecipeError(f"{path}: no live teacher, so there is nothing to plan; `build` it")
    from flows.build import build as flow
    from flows.cli.tables import print_forecast, terminal

    print_forecast(terminal(), flow(str(path), pool, only_pilot=problems))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL for DuckDB")],
    pool: PoolOption = None,
) -> None:
    """Ask a pool or a release with SQL.

    Tables: problems, traces, verdicts, signals, grades, ratings, answers, duplicates,
    semantic_duplicates, embeddings, contamination, rejects;
    `pool` (one row per trace, all joined), `graded` (one row per problem), `view_<name>` for each
    view. A folder of Parquet files that is no pool is the table `release`. Default: the pool
    under ./pools that was built last.

    Examples:

        longcot query "SELECT verdict, reason, count(*) FROM pool GROUP BY ALL"

        longcot query "FROM rejects LIMIT 20" --pool pools/quickstart

        longcot query "SELECT count(*) FROM release" --pool pools/quickstart/releases/sft
    """
    from flows.cli.tables import print_result, terminal
    from tasks.query.locate import default_pool, open_any
    from tasks.query.sql import query as ask

    with open_any(pool or default_pool()) as connection:
        print_result(terminal(), ask(connection, sql, "query"))


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
    from tasks.query.history import history
    from tasks.query.locate import default_pool, open_any

    console = terminal()
    with open_any(pool or default_pool()) as connection:
        for section, rows in history(connection, row).items():
            console.rule(section, align="left")
            if len(rows) == 1:
                print_record(console, rows[0])
            else:
                print_rows(console, rows)


@app.command("verify")
def verify_(
    gold: Annotated[str, typer.Option(help="the gold answer")],
    answer: Annotated[str, typer.Option(help="an answer or a whole response; `-` reads stdin")],
    problem: Annotated[str, typer.Option(help="the problem, for the options it lists")] = "",
    kind: Annotated[
        str | None, typer.Option(help="kind of answer; default: the gold tells")
    ] = None,
) -> None:
    """Judge one answer and explain the verdict: what was taken as the answer, what decided, why.

    Exit code 0: correct, 1: incorrect, 2: undecided.

    Example:

        longcot verify --gold "1/2" --answer "So it is \\boxed{0.5}."
    """
    from flows.cli.tables import print_record, terminal
    from verifiers import Pool, Problem
    from verifiers.explain import evidence

    asked = Problem("", problem, gold, kind)
    response = sys.stdin.read() if answer == "-" else answer
    with Pool(1) as pool:
        found = pool.map("verify", [(asked, response)])[0]
    print_record(terminal(), evidence(asked, response, found))
    raise typer.Exit(["correct", "incorrect", "undecided"].index(found.verdict))


@app.command()
def adjudicate(
    pool: PoolOption = None,
    n: Annotated[int, typer.Option("-n", help="traces to show")] = 20,
    seed: Annotated[int, typer.Option(help="seed of the draw")] = 42,
) -> None:
    """Judge traces yourself, those that verifiers and labels dispute first.

    What you decide is the label from the next `longcot build` on, and tells how good the
    machine's label is. Default: the pool under ./pools that was built last.

    Example:

        longcot adjudicate --pool pools/quickstart -n 10
    """
    from flows.cli.adjudicate import QUESTION
    from flows.cli.adjudicate import adjudicate as judge
    from flows.cli.tables import terminal
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool, open_any

    place = pool or default_pool()
    with open_any(place) as connection:
        decided = judge(
            connection, Pool(place), terminal(), lambda: typer.prompt(QUESTION), n, seed
        )
    typer.echo(f"{decided} decided; `longcot build` takes them in")


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
    from schemas.recipe import Decontaminate
    from tasks.contamination.recheck import recheck as check

    found = check(place, Decontaminate(benchmarks=benchmark), Path(), out)
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


@app.command()
def recipes() -> None:
    """List the shipped recipes.

    Example:

        longcot recipes
    """
    from flows.cli.tables import print_rows, terminal
    from schemas.recipe_file import load_recipe

    rows = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        recipe = load_recipe(path)
        rows.append({"recipe": path.stem, "what it makes": recipe.description, "file": str(path)})
    print_rows(terminal(), rows)


@app.command()
def schema() -> None:
    """Print the recipe's JSON Schema, for editors that complete and check YAML.

    Example:

        longcot schema > recipe.schema.json
    """
    from schemas.recipe import Recipe

    typer.echo(json.dumps(Recipe.model_json_schema(), indent=1))


SHIPPED = Path(__file__).parents[2] / "data" / "recipes"


def find_recipe(name: str) -> Path:
    """The file of a recipe: a path, or the name of a shipped one. Raises RecipeError."""
    path, shipped = Path(name), SHIPPED / f"{name}.yaml"
    if path.exists():
        return path
    if shipped.exists():
        return shipped
    known = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.yaml")))
    raise RecipeError(f"{name}: no such file and no shipped recipe (shipped: {known})")


def main() -> None:
    """Run the command line; an error that longcot raises is one paragraph and exit code 1."""
    try:
        app()
    except LongcotError as error:
        print(f"longcot: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
