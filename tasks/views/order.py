"""The order of a view's rows, and what each says: of live teachers' traces by content alone.

A recording is read in an order of its own, and its shards are named by their rows. What a live
teacher answers comes in the order of a race, and shards take it as it comes. So its traces
stand in the order of their problems, and a release knows them by what they say and not by the
shards they lie in: where two runs got the same answers, they get the same bytes.
"""

import polars as pl

from schemas.recipe.views import View
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Shard

Teachers = list[str | None]
"""Of each trace shard the live teacher, None of a recording's."""


def teachers_of(done: Done, traces: list[Shard]) -> Teachers:
    """Who answered each of these shards. `wall` is a fact of live teachers' receipts alone."""
    live = {
        shard.path: receipt.label
        for receipt in done.traces
        if "wall" in receipt.facts
        for shard in receipt.outputs
    }
    return [live.get(shard.path) for shard in traces]


def ordered(
    pool: Pool, rows: pl.DataFrame, traces: list[Shard], live: Teachers, view: View
) -> pl.DataFrame:
    """The selected traces (or pairs) in their order, with `said`: the `content` of each live trace,
    null of recorded ones; of other roles `<role>_said` too. None of them where nothing is live.

    rows: in the order of the pool, or in the view's own
    """
    if not any(live):
        return rows
    for side in ("", *(f"{role}_" for role in view.partners())):
        rows = _told(pool, rows, traces, live, side)
    if view.order:
        return rows
    first = [number if name is None else live.index(name) for number, name in enumerate(live)]
    block = pl.col("shard").replace_strict(list(range(len(live))), first)
    asked = pl.col("said").is_not_null()
    return rows.sort(
        block,
        pl.when(asked).then("problem_shard"),
        pl.when(asked).then("problem_row").otherwise("row"),
        "trace_id",
        maintain_order=True,
    )


def _told(
    pool: Pool, rows: pl.DataFrame, traces: list[Shard], live: Teachers, side: str
) -> pl.DataFrame:
    """The rows with what the live traces of one side say."""
    shard, row, said = f"{side}shard", f"{side}row", f"{side}said"
    told = [pl.DataFrame(schema={shard: rows[shard].dtype, row: rows[row].dtype, said: pl.String})]
    for number in rows[shard].unique().sort().to_list():
        if live and live[number]:
            contents = frame_of(pool.read(traces[number], ["content"]))["content"]
            places = pl.int_range(len(contents), dtype=pl.Int64)
            found = pl.DataFrame({said: contents}).with_columns(
                pl.lit(number).alias(shard), places.alias(row)
            )
            told.append(found.select(told[0].columns).cast(told[0].schema))
    return rows.join(pl.concat(told), on=[shard, row], how="left", maintain_order="left")
