"""A view of the pool: its rows are selected, written as a trainer reads them, and shown."""

from collections.abc import Mapping

from schemas.recipe.views import View, format_of
from tasks.pool.build import Build
from tasks.pool.release_files import publish
from tasks.pool.store import Receipt, Shard
from tasks.views import mix, release, select


def make_view(build: Build, name: str, views: Mapping[str, View]) -> list[Shard]:
    """Bring a view of the recipe's up to date; returns the files that trainers load, in order."""
    view, tables = views[name], build.done.live()
    chosen = choose_rows(build, name, views)
    if view.mix:
        parts = {of: views[of] for of in view.mix.of}
        jobs = mix.plan_release(build.done, tables, name, view, parts, chosen)
    else:
        jobs = release.plan(build.done, tables, name, view, chosen)
    made = build.runner.jobs(build.pool, f"release {name}", jobs)
    return publish(build.pool, name, made[0].facts["shards"])


def choose_rows(build: Build, name: str, views: Mapping[str, View]) -> Receipt:
    """The receipt of a view's selection: shards of ids, no release."""
    view = views[name]
    if view.mix:
        chosen = {of: _selection(build, of, views[of]) for of in view.mix.of}
        jobs = mix.plan(build.done, name, view, view.mix, chosen)
        own = build.take("select", build.runner.jobs(build.pool, f"select {name}", jobs), [])[0]
    else:
        own = _selection(build, name, view)
    first = views[next(iter(view.mix.of))] if view.mix else view
    what = "problems" if format_of(name, first).per == "problem" else "traces"
    build.line("view", name, what, [own])
    return own


def _selection(build: Build, name: str, view: View) -> Receipt:
    """The rows that a view selects of the pool."""
    jobs = select.plan(build.done, build.done.live(), name, view)
    return build.take("select", build.runner.jobs(build.pool, f"select {name}", jobs), [])[0]
