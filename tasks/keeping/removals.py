"""Removal lists: `removals/*.jsonl`, a line for each row that left what was released."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tasks.pool.store import Pool
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import of_version
from tasks.publishing.publications import published
from tasks.publishing.versions import CORRECTION, Version, load

Gone = tuple[str, str, str]
"""A row: the view that it was in, its id, and why it left."""


def list_corrections(pool: Pool, version: Version | None) -> str | None:
    """Write the list of a version that corrects the one before it: the same recipe by other
    verifiers or steps, or rechecked. Returns its path, None where nothing left.
    """
    if version is None or version.content["why"] not in CORRECTION:
        return None
    before = load(pool, version.content["parent"])
    found = diff(of_version(pool, before), of_version(pool, version))
    gone = [(row["view"], one["id"], one["reason"]) for row in found
            for one in row["ids"]["removed"]]  # fmt: skip
    return write_list(pool, f"removals/version-{version.number}.jsonl", lines(pool, before, gone))


def lines(pool: Pool, version: Version, gone: Iterable[Gone]) -> Iterator[dict[str, Any]]:
    """Rows `id, version, view, reason, published, when` of what left a version; published: the
    places to which it was sent.
    """
    when = datetime.now(UTC).isoformat(timespec="seconds")
    sent = [row for row in published(pool) if row["version"] == version.number]
    for view, one, reason in gone:
        to = sorted({row["to"] for row in sent if view in row["views"]})
        yield {"id": one, "version": version.number, "view": view, "reason": reason,
               "published": to, "when": when}  # fmt: skip


def write_list(pool: Pool, name: str, rows: Iterable[dict[str, Any]]) -> str | None:
    """Write a list; returns its path, None where there is nothing to list."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if not text:
        return None
    pool.put(name, lambda sink: sink.write(text.encode()))
    return name
