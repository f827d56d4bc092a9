"""A view of the pool: its rows are selected, written as a trainer reads them, and shown."""

from schemas.recipe.views import View, format_of
from tasks.pool.build import Build
from tasks.pool.release_files import publish
from tasks.pool.store import Receipt, Shard
from tasks.views import release, select


def make_view(build: Build, name: str, view: View) -> list[Shard]:
    """Bring a view up to date; returns the files that trainers load, in order."""
    chosen = choose_rows(build, name, view)
    jobs = release.plan(build.done, build.done.live(), name, view, chosen)
    made = build.runner.jobs(build.pool, f"release {name}", jobs)
    return publish(build.pool, name, made[0].facts["shards"])


def choose_rows(build: Build, name: str, view: View) -> Receipt:
    """The receipt of a view's selection: a shard of ids, no release."""
    jobs = select.plan(build.done, build.done.live(), name, view)
    chosen = build.take("select", build.runner.jobs(build.pool, f"select {name}", jobs), [])
    what = "problems" if format_of(name, view).per == "problem" else "traces"
    build.line("view", name, what, chosen)
    return chosen[0]
