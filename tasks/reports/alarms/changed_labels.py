"""Which labels changed since the last whole state of the pool, and between which versions."""

from typing import Any

import polars as pl

from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool, Shard
from tasks.query.sql import connect, query

IDS = 5
"""Traces that are named of each kind of change."""

LABELS = """
SELECT m.trace_id, coalesce(h.verifier, m.verifier) AS verifier,
  coalesce(h.version, m.version) AS version, coalesce(h.verdict, m.verdict) AS verdict
FROM machine m LEFT JOIN humans h USING (trace_id)
"""


def changed_labels(pool: Pool, before: list[Shard], now: list[Shard]) -> list[dict[str, Any]]:
    """Per verifier, versions and verdicts before and now: how many traces, and a few of them.

    before, now: the shards of `verdicts` in both states. Traces that are in one alone do not count.
    """
    if not before or [shard.path for shard in before] == [shard.path for shard in now]:
        return []
    both = _labels(pool, now).join(_labels(pool, before), on="trace_id", suffix="_before")
    kinds = ["verifier", "version_before", "version", "verdict_before", "verdict"]
    found = (
        both.filter(pl.col("verdict") != pl.col("verdict_before"))
        .group_by(kinds)
        .agg(traces=pl.len(), ids=pl.col("trace_id").sort().head(IDS))
        .sort("traces", *kinds, descending=[True, *[False] * len(kinds)])
    )
    return found.to_dicts()


def _labels(pool: Pool, verdicts: list[Shard]) -> pl.DataFrame:
    with connect(pool, {"verdicts": verdicts}) as connection:
        return frame_of(query(connection, LABELS, "report"))
