"""A view of the pool: its rows are selected, written as a trainer reads them, and shown."""

from schemas.recipe import View, format_of
from tasks.pool.build import Build
from tasks.pool.release_files import publish
from tasks.pool.store import Shard
from tasks.views import release, select


def make_view(build: Build, name: str, view: View) -> list[Shard]:
    """Bring a view up to date; returns the files that trainers load, in order."""
    done, tables, runner = build.done, build.done.live(), build.runner
    jobs = select.plan(done, tables, name, view)
    chosen = build.take("select", runner.jobs(build.pool, f"select {name}", jobs), [])
    made = runner.jobs(
        build.pool, f"release {name}", release.plan(done, tables, name, view, chosen[0])
    )
    what = "problems" if format_of(name, view).per == "problem" else "traces"
    build.line("view", name, what, chosen)
    return publish(build.pool, name, made[0].facts["shards"])
