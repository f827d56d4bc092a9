"""Measuring a shard: only the signals that no earlier measuring of the same traces has."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl
import pyarrow as pa

from schemas.parts.signal import PROBLEM, SIGNALS, Signal, read_by, stamp_of
from schemas.tables import signals_of
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.signals.measuring.values import values_of

COLUMNS = ("trace_id", "reasoning", "response")

SLICE = 512
"""Traces that are measured at a time."""

STAMPS = "signals"
"""The fact of a receipt that says which version of each signal its shard has."""


def measure_shard(
    pool: Pool,
    job: Job,
    names: Sequence[str],
    tokenizer: str | None,
    source: Receipt,
    known: Done,
    earlier: Sequence[Receipt],
) -> Receipt:
    """Write the named signals of a shard of traces.

    known: the problems of the traces, where a signal reads them
    earlier: the receipts of what was measured of these traces before
    """
    stamps = stamps_of(names, tokenizer)
    taken = taken_over(pool, earlier, stamps)
    missing = [name for name in stamps if name not in taken]
    count = source.whole("traces").rows
    if missing:
        made = measured(pool, missing, tokenizer, source, known)
        if taken and made["trace_id"] != taken["trace_id"]:
            taken, missing = {}, list(stamps)  # what stood there was of other rows
            made = measured(pool, missing, tokenizer, source, known)
        taken |= {name: made[name] for name in made.column_names}
    table = pa.table([taken[name] for name in ("trace_id", *stamps)], ["trace_id", *stamps])
    counts = {"in": count, "out": count}
    facts = {STAMPS: stamps}
    receipt = Receipt(
        job.stage, job.key, source.key, parents=[source.key], counts=counts, facts=facts
    )
    return pool.commit_rows(receipt, {"signals": table}, job.recipe)


def stamps_of(names: Iterable[str], tokenizer: str | None) -> dict[str, str]:
    """The version of each signal, with all that it reads."""
    return {name: stamp_of(SIGNALS[name], {"tokenizer": tokenizer}) for name in names}


def measured(
    pool: Pool, names: Sequence[str], tokenizer: str | None, source: Receipt, known: Done
) -> pa.Table:
    """The named signals of a shard of traces, computed."""
    shard, signals = source.whole("traces"), [SIGNALS[name] for name in names]
    looked, problems = looked_up(names), pl.DataFrame()
    if looked:
        ids = frame_of(pool.read(shard, ["problem_id"]))["problem_id"]
        problems = known.problems_of(source.parents, looked, ids)
    parts = []
    for group in pool.groups(shard, [*COLUMNS, *(["problem_id"] if looked else [])]):
        frame = frame_of(group)
        if len(problems):
            frame = frame.join(problems, on="problem_id", how="left", maintain_order="left")
        parts.append(as_table(frame, signals, tokenizer))
    return pa.concat_tables(parts).combine_chunks()


def as_table(frame: pl.DataFrame, signals: Sequence[Signal], tokenizer: str | None) -> pa.Table:
    """The signals of traces, as a shard of the table has them. A few traces at a time: what is read
    of a text takes several times its memory.
    """
    parts = [
        values_of(some, signals, tokenizer).to_arrow().cast(signals_of(signals))
        for some in (frame.iter_slices(SLICE) if len(frame) else [frame])
    ]
    return pa.concat_tables(parts).combine_chunks()


def looked_up(names: Iterable[str]) -> list[str]:
    """The columns of the problem that these signals read."""
    read = read_by(names)
    return [column for column in PROBLEM if column in read]


def taken_over(
    pool: Pool, earlier: Sequence[Receipt], stamps: Mapping[str, str]
) -> dict[str, pa.ChunkedArray]:
    """The columns, and `trace_id`, that stand in shards of before in the same version."""
    found: dict[str, pa.ChunkedArray] = {}
    for receipt in earlier:
        had = receipt.facts.get(STAMPS, {})
        same = [name for name in stamps if name not in found and had.get(name) == stamps[name]]
        shard = receipt.shard("signals")
        if same and shard:
            table = pool.read(shard, ["trace_id", *same])
            if found and table["trace_id"] != found["trace_id"]:
                continue
            found |= {name: table[name] for name in table.column_names}
    return found
