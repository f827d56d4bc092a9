"""Views of the pool: their rows are selected, written as a trainer reads them, and shown."""

import sys
from collections.abc import Iterator, Mapping

from schemas.recipe.views import View, format_of
from tasks.pool.build import Build
from tasks.pool.jobs import Job
from tasks.pool.release_files import publish
from tasks.pool.store import Receipt, Shard
from tasks.views import mix, release, select


def make_views(build: Build, views: Mapping[str, View]) -> dict[str, list[Shard]]:
    """Bring the recipe's views up to date; returns the files that trainers load of each, in order.

    They are written side by side: each is one job.
    """
    jobs = [_release(build, name, views) for name in views]
    made = build.runner.jobs(build.pool, "release", jobs)
    return {
        name: publish(build.pool, name, receipt.facts["shards"])
        for name, receipt in zip(views, made, strict=True)
    }


def _release(build: Build, name: str, views: Mapping[str, View]) -> Job:
    """What writes a view whose rows are chosen."""
    view, tables = views[name], build.done.live()
    chosen = choose_rows(build, name, views)
    if view.mix:
        parts = {of: views[of] for of in view.mix.of}
        return mix.plan_release(build.done, tables, name, view, parts, chosen)
    return release.plan(build.done, tables, name, view, chosen)


def choose_rows(build: Build, name: str, views: Mapping[str, View]) -> Receipt:
    """The receipt of a view's selection: shards of ids, no release."""
    view = views[name]
    if view.mix:
        chosen = {of: _selection(build, of, views[of]) for of in view.mix.of}
        own = _chosen(build, name, mix.plan(build.done, name, view, view.mix, chosen))
    else:
        own = _selection(build, name, view)
    first = views[next(iter(view.mix.of))] if view.mix else view
    what = "problems" if format_of(name, first).per == "problem" else "traces"
    build.line("view", name, what, [own])
    for line in warnings_of(name, own):
        print(f"longcot: {line}", file=sys.stderr)
    return own


def warnings_of(name: str, chosen: Receipt) -> Iterator[str]:
    """What to say aloud of the rows of a view."""
    counts, rows = chosen.counts, chosen.counts["out"]
    if thoughtless := counts.get(select.NO_THOUGHT, 0):
        share = thoughtless / rows
        yield f"view {name}: {thoughtless:,} of its {rows:,} rows ({share:.0%}) have no thought"
    if valueless := counts.get(select.NO_VALUE, 0):
        yield (
            f"view {name}: {valueless:,} rows have no value in its `by`; they are chosen last, in "
            "an order drawn by their ids"
        )


def _selection(build: Build, name: str, view: View) -> Receipt:
    """The rows that a view selects of the pool."""
    return _chosen(build, name, select.plan(build.done, build.done.live(), name, view))


def _chosen(build: Build, name: str, job: Job) -> Receipt:
    made = build.runner.jobs(build.pool, f"select {name}", [job])
    return build.take("select", made, [])[0]
