"""How pools stand: what is built, running, missing, scheduled and published, in a moment."""

import os
from pathlib import Path
from typing import Any

from flows.recipe_file import load_recipe
from flows.runner import running
from flows.schedule.deployments import listed
from schemas.errors import LongcotError
from tasks.pool.store import Pool
from tasks.publishing.gates import tripped
from tasks.publishing.publications import published
from tasks.publishing.versions import Version, latest, whole

PATIENCE = 1.0
"""Seconds that Prefect's server may take to tell the schedules."""


def status(pool: Pool, schedules: list[dict[str, Any]] | None) -> dict[str, Any]:
    """How a pool stands, as plain data. Raises PoolError where there is none, or it is damaged.

    built: the latest version, None before there is one; running: the build that runs or was
    killed; missing: steps that have not ended, and files that are gone; scheduled: None where no
    server tells; published: the last publication of each place
    """
    manifest, version, note = pool.manifest, latest(pool), running.note_of(pool)
    last = {row["to"]: row for row in published(pool)}
    own = [row for row in schedules or [] if row["pool"] == pool.url]
    return {
        "pool": pool.url,
        "recipe": manifest["name"],
        "built": built(version) if version else None,
        "running": {**note, "lives": running.lives(note)} if note else None,
        "missing": missing(pool, manifest, note),
        "scheduled": None if schedules is None else own,
        "published": list(last.values()),
    }


def built(version: Version) -> dict[str, Any]:
    """The version: number, when, rows of each view, the gates that it does not pass."""
    return {
        "version": version.number,
        "made": version.content["made"],
        "rows": {view: sum(file.rows for file in files) for view, files in version.views.items()},
        "gates": [row["gate"] for row in tripped(version.content)],
    }


def missing(pool: Pool, manifest: dict[str, Any], note: dict[str, Any] | None) -> list[str]:
    """What a build of the pool's recipe has still to do, as far as that can be told at a look."""
    try:
        if note:
            steps = load_recipe(Path(note["recipe"])).steps
            return [step.called for step in steps if step.called not in manifest["stages"]]
        if not manifest.get("whole", True):
            return ["a build that has not ended"]
        whole(pool)
    except LongcotError as error:
        return [str(error)]
    return []


def known_schedules() -> list[dict[str, Any]] | None:
    """The schedules of the server that PREFECT_API_URL names; None where nobody tells."""
    url = os.environ.get("PREFECT_API_URL")
    try:
        return listed(url, PATIENCE) if url else None
    except (OSError, ValueError):
        return None


def pools() -> list[str]:
    """The pools under ./pools, the one built last first."""
    found = sorted(Path("pools").glob("*/manifest.json"), key=lambda p: -p.stat().st_mtime)
    return [str(path.parent) for path in found]
