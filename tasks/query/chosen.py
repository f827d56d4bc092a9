"""choose: the rows that a step goes on with, by a condition over the joined pool.

The condition is that of a view: what earlier steps wrote can be named, rows that were set aside are
left out. What is chosen is written once, as ids with the narrow columns that the step reads; the
long text stays in the shards.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from schemas.identity import digest
from schemas.parts.choice import Choice
from tasks.pool.build import Build
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt, Shard
from tasks.query.sql import connect, query

VERSION = "1"

COUNTED = """
SELECT shard::BIGINT AS shard, count(*) AS whole, count(set_aside) AS aside
FROM {relation} GROUP BY ALL ORDER BY ALL
"""


class Part(NamedTuple):
    """What is chosen of one shard.

    source: the receipt of the shard
    rows: row_id, problem_id, row (position in the shard), and the columns
    whole, aside: rows of the shard, and those of them that are set aside
    """

    source: Receipt
    rows: pl.DataFrame
    whole: int
    aside: int

    @property
    def stamp(self) -> str:
        """A digest of which rows these are and what the columns say of them."""
        return digest(self.source.key, list(map(str, self.rows.iter_rows())))


def chosen(build: Build, step: str, choice: Choice) -> list[Part]:
    """What is chosen of every live shard, in order. Raises QueryError naming the step."""
    tables = build.done.live()
    paths = [shard.path for shards in tables.values() for shard in shards]
    key = digest("choose", VERSION, choice, list(build.done.deciding), paths)[:16]
    shards = tables.get(choice.over, [])
    rows = sum(shard.rows for shard in shards)
    given = (tables, list(build.done.deciding), choice, step)
    jobs = [Job("choose", key, step, rows, build.done.recipe, choose, given)]
    (receipt,) = build.take("choose", build.runner.jobs(build.pool, f"choose {step}", jobs), [])
    return list(_parts(build.done, receipt, shards, choice))


def _parts(done: Done, receipt: Receipt, shards: list[Shard], choice: Choice) -> Iterator[Part]:
    frame = frame_of(done.pool.read(receipt.whole("selections")))
    counts = {shard: (whole, aside) for shard, whole, aside in receipt.facts["shards"]}
    by_shard = {number: rows for (number,), rows in frame.group_by("shard", maintain_order=True)}
    sources = {s.path: source for source in done.of(choice.over) for s in source.outputs}
    for number, shard in enumerate(shards):
        rows: Any = by_shard.get(number, frame.clear())
        yield Part(sources[shard.path], rows.drop("shard"), *counts.get(number, (0, 0)))


def choose(
    pool: Pool,
    job: Job,
    tables: dict[str, list[Shard]],
    deciding: list[str],
    choice: Choice,
    step: str,
) -> Receipt:
    """Write what is chosen, and count the rows of each shard."""
    with connect(pool, tables, deciding) as connection:
        rows = frame_of(query(connection, choice.sql(), f"step {step}"))
        counts = query(connection, COUNTED.format(relation=choice.relation), f"step {step}")
    facts = {"shards": [list(row.values()) for row in counts.to_pylist()]}
    receipt = Receipt("choose", job.key, step, facts=facts)
    return pool.commit(receipt, {"selections": rows.to_arrow()}, job.recipe)
