"""What was published of a pool: where, when, which version; kept in `publications.json`."""

from datetime import UTC, datetime
from typing import Any

from tasks.pool.store import Pool
from tasks.publishing.layout import without_user

FILE = "publications.json"


def published(pool: Pool) -> list[dict[str, Any]]:
    """Rows `version, to, at, views, ignored`, oldest first; `ignored`: gates passed over."""
    rows: list[dict[str, Any]] = pool.get_json(FILE)["rows"] if pool.exists(FILE) else []
    return rows


def note(pool: Pool, version: int, to: str, views: list[str], ignored: list[str]) -> None:
    """Add a line; who publishes holds the pool."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    row = {"version": version, "to": without_user(to), "at": at, "views": views, "ignored": ignored}
    pool.put_json(FILE, {"rows": [*published(pool), row]})
