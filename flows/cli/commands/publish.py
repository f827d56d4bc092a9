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
    from flows.runner.lock import alone
    from tasks.pool.store import Pool
    from tasks.publishing.diff.changelog import changelog
    from tasks.publishing.diff.rows import diff
    from tasks.publishing.diff.sides import of_version
    from tasks.publishing.publish import publish as send
    from tasks.publishing.versions import numbers, whole
    from tasks.query.locate import default_pool

    place = Pool(pool or default_pool())
    name = place.manifest["name"]  # says so where there is no pool, before it is locked
    with alone(place):
        version = whole(place)
        parent, changed = version.content["parent"], None
        if parent in numbers(place):  # `longcot gc --keep` may have let it go
            found = diff(of_version(place, whole(place, parent)), of_version(place, version))
            changed = changelog(parent, found)
        sent = send(
            place, version, to,
            views=views.split(",") if views else None, private=private, dry_run=dry_run,
            changed=changed, forbid=forbid.split(",") if forbid else (), ignore_gates=ignore_gates,
            say=lambda line: typer.echo(f"longcot: {line}", err=True),
        )  # fmt: skip
    would = "would go" if dry_run else "went"
    for path in sent.new if dry_run else []:
        typer.echo(path)
    typer.echo(
        f"{name}: version {version.number} to {to}: {len(sent.new)} files {would}, "
        f"{len(sent.kept)} were there, {len(sent.removed)} taken away; {sent.commits} commits"
    )
