"""What a build says of its release: views that are gone or empty, splits without a row."""

from collections.abc import Iterator, Mapping

from schemas.recipe.views import View
from tasks.pool.release_files import withdraw
from tasks.pool.store import Pool, Shard
from tasks.publishing.versions import Version, load, numbers


def tidy(pool: Pool, views: Mapping[str, View], shown: Mapping[str, list[Shard]]) -> Iterator[str]:
    """Take away the folders of views that left the recipe; a line for everything that is amiss."""
    for name in _shown_before(pool):
        if name not in views and pool.exists(f"releases/{name}"):
            withdraw(pool, name)
            yield (
                f"the view `{name}` is no longer in the recipe: releases/{name} is gone; earlier "
                "versions still have it"
            )
    for name, view in views.items():
        shards = shown[name]
        if not any(shard.rows for shard in shards):
            yield (
                f"the view `{name}` is EMPTY: no row of the pool meets its conditions. Its file "
                "has the columns and no row; see its line of the funnel"
            )
            continue
        filled = {shard.path.rsplit("/", 1)[1].rsplit("-", 3)[0] for shard in shards}
        for split in view.splits:
            if split not in filled:
                yield f"the view `{name}`: the split `{split}` got no row, so it has no file"


def told(pool: Pool, version: Version | None, removals: str | None) -> Iterator[str]:
    """The line that says which version a build made, and against which one to look.

    removals: where the rows are listed that it corrects
    """
    if version is None:
        yield "nothing changed: no new version"
        return
    rows = ", ".join(
        f"{name} {sum(file.rows for file in files):,}" for name, files in version.views.items()
    )
    before = version.content["parent"]
    more = f"; what changed: longcot diff {before} {version.number} --pool {pool.url}"
    yield f"version {version.number} ({rows}){more if before else ''}"
    if removals:
        yield (
            f"version {version.number} corrects version {before}: {pool.path(removals)} lists the "
            "rows that left, and where they were published"
        )


def _shown_before(pool: Pool) -> list[str]:
    """The views of the last two versions: the folders that a build may have left."""
    versions = [load(pool, number) for number in numbers(pool)[-2:]]
    return list(dict.fromkeys(view for version in versions for view in version.views))
