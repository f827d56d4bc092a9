"""publish: a release to the Hub, or to any place that fsspec knows."""

from typing import Annotated

import typer

from flows.cli.app import app


@app.command()
def publish(
    to: Annotated[
        str, typer.Option("--to", help="hf://datasets/USER/NAME, or a folder or fsspec URL")
    ],
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="folder or URL")] = None,
    views: Annotated[str | None, typer.Option("--views", help="only these, by commas")] = None,
    private: Annotated[bool, typer.Option("--private", help="a repository that is new")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell what would go")] = False,
    forbid: Annotated[
        str, typer.Option("--forbid", help="terms of licences to refuse, such as nc,sa")
    ] = "",
    ignore_gates: Annotated[
        bool, typer.Option("--ignore-gates", help="publish what does not pass the recipe's gates")
    ] = False,
) -> None:
    """Publish the latest version: a config per view, a card, the recipe, a tag.

    What is there unchanged is not sent again; a run that was killed is taken up by the next. The
    key is the one that huggingface_hub finds (`hf auth login`, HF_TOKEN).

    Example:

        longcot publish pools/mine --to hf://datasets/me/mine --forbid nc
    """
    from flows.publish import publish as send
    from tasks.pool.store import Pool
    from tasks.query.locate import default_pool

    place = Pool(pool or default_pool())
    version, sent = send(
        place, to,
        views=[view.strip() for view in views.split(",")] if views else None,
        private=private, dry_run=dry_run,
        forbid=forbid.split(",") if forbid else (), ignore_gates=ignore_gates,
        say=lambda line: typer.echo(f"longcot: {line}", err=True),
    )  # fmt: skip
    would = "would go" if dry_run else "went"
    for path in sent.new if dry_run else []:
        typer.echo(path)
    typer.echo(
        f"{place.manifest['name']}: version {version.number} to {to}: {len(sent.new)} files "
        f"{would}, {len(sent.kept)} were there, {len(sent.removed)} taken away; "
        f"{sent.commits} commits"
    )
