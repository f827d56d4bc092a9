"""The manifest: what of a pool is live, for those who read it."""

from dataclasses import asdict
from typing import Any

from flows.recipe import Recipe
from tasks import __version__
from tasks.pool.build import Build
from tasks.pool.store import FORMAT, Shard


def manifest(plan: Recipe, build: Build, views: dict[str, list[Shard]]) -> dict[str, Any]:
    """What stands in manifest.json."""
    live = build.done.live()
    return {
        "format": FORMAT,
        "code": __version__,
        "name": plan.name,
        "recipe": build.done.recipe,
        "deciding": list(build.done.deciding),
        "stages": {stage: [r.key for r in receipts] for stage, receipts in build.stages.items()},
        "tables": {table: [asdict(shard) for shard in shards] for table, shards in live.items()},
        "views": {name: [asdict(shard) for shard in shards] for name, shards in views.items()},
    }
