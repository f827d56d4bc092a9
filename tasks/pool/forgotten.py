"""Rows that a pool must never hold again: `forgotten.parquet`, a table of their ids.

The ids are hashes of what the rows said; nothing else of them is kept. What reads sources,
recordings and models asks here, so that a row does not come back though its source still has it.
`longcot forget` writes the table (tasks/keeping/forget.py).
"""

from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from schemas.errors import PoolError
from schemas.identity import digest, digest_all
from tasks.pool.store import Pool

FILE = "forgotten.parquet"
PENDING = "forgetting.json"
"""Stands while rows are being taken out; a build does the rest first."""


class Forgotten(NamedTuple):
    """The ids of forgotten problems and traces, and a digest of them; "" where there are none."""

    ids: frozenset[str] = frozenset()
    digest: str = ""

    def stamped(self, stamp: str) -> str:
        """A stamp that is another once rows are forgotten; the same while none are."""
        return digest(stamp, self.digest) if self.ids else stamp


def forgotten(pool: Pool) -> Forgotten:
    """What the pool has forgotten. Raises PoolError where the table is damaged."""
    if not pool.exists(FILE):
        return Forgotten()
    ids = _table(pool)["id"].to_list()
    return Forgotten(frozenset(ids), digest_all(sorted(ids)))


def remember(pool: Pool, ids: set[str]) -> None:
    """Add ids to the table, with the time."""
    before = _table(pool) if pool.exists(FILE) else None
    known = set(before["id"]) if before is not None else set()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    fresh = pl.DataFrame({"id": sorted(ids - known)}, schema={"id": pl.String})
    fresh = fresh.with_columns(at=pl.lit(at))
    whole = fresh if before is None else pl.concat([before, fresh])
    pool.put(FILE, whole.write_parquet)


def pending(pool: Pool) -> bool:
    """Whether rows are still to be taken out."""
    return pool.exists(PENDING)


def _table(pool: Pool) -> pl.DataFrame:
    try:
        with pool.fs.open(pool.path(FILE), "rb") as source:
            return pl.read_parquet(source, columns=["id", "at"])
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PoolError(
            f"{pool.path(FILE)}: damaged ({error}); bring it back from a backup: without it what "
            "was forgotten would come in again"
        ) from None
