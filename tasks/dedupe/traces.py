"""dedupe_traces: which traces of a problem say nearly the same.

Nothing is set aside: `trace_duplicates` names the trace that stays, and views choose with
`duplicate_of is null`. Numbers count like words here: in 30 kB of reasoning one other number makes
no other trace.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest
from schemas.tables import DUPLICATES
from schemas.vocabulary import State, Verdict
from tasks.dedupe import kin as kinship
from tasks.dedupe import near_duplicates
from tasks.dedupe.kin import Kin, kin_of
from tasks.dedupe.options import Near
from tasks.pool.jobs import Done, Job, Mapping, Output, map_jobs
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.labels import judged, people, published_of

VERSION = "2"

TEXT = pl.concat_str("reasoning", "response", separator="\n", ignore_nulls=True)


def sign(traces: pl.DataFrame, options: Near) -> Output:
    """Signatures of traces, reasoning and response together; the block is their problem."""
    rows = traces.select(
        row_id="trace_id",
        text=TEXT,
        source="teacher",
        sound=pl.col("state") == State.COMPLETE,
        length=TEXT.str.len_chars().cast(pl.Int64),
    )
    problem = pl.col("problem_id").str.head(16).str.to_integer(base=16, dtype=pl.UInt64)
    blocks = traces.select(problem).to_series().to_numpy()
    none = np.zeros(len(rows), np.uint64)
    content = near_duplicates.Content(blocks, none, none, none)
    table = near_duplicates.sign(rows, near_duplicates.shingling(options), lambda _: content)
    return Output({"trace_signatures": table}, {"in": len(traces)})


def plan_signatures(done: Done, options: Near) -> Iterator[Job]:
    """One job per trace shard."""
    reads = ("trace_id", "problem_id", "teacher", "reasoning", "response", "state")
    mapping = Mapping("traces", reads, (), partial(sign, options=options))
    stamp = digest(VERSION, near_duplicates.shingling(options))
    return map_jobs(done, "sign_traces", stamp, {}, mapping)


def plan(
    done: Done, step: str, how: dict[str, Any], options: Near, signed: list[Receipt]
) -> Iterator[Job]:
    """The comparison of all signatures, one job. `how`: the options of the step as JSON values."""
    shards, human = judged(done), people(done)
    first = [of[0] for _, of in shards]
    later = [receipt for _, of in shards for receipt in of[1:]]
    parents = [receipt.key for receipt in (*signed, *first, *later, *human)]
    kin = kin_of(done, options.ancestors)
    key = digest(step, VERSION, how, parents, *kin.stamp)[:16]
    rows = sum(receipt.counts["in"] for receipt in signed)
    words = [[*of, *human] for _, of in shards]
    given = (options, signed, done.traces, words, parents, kin)
    yield Job(step, key, "all traces", rows, done.recipe, compare, given)


def compare(
    pool: Pool,
    job: Job,
    options: Near,
    signed: list[Receipt],
    traces: list[Receipt],
    words: list[list[Receipt]],
    parents: list[str],
    kin: Kin,
) -> Receipt:
    """Mark the traces that repeat another. `words`: the verdicts' receipts of each trace shard."""
    rows, keys = _signed(pool, signed, words, options)
    columns = ["trace_id", "reasoning", "response"]
    texts = near_duplicates.texts_of(pool, traces, "traces", columns, TEXT)
    how = near_duplicates.shingling(options)
    related = kinship.pairs(pool, kin)
    found = near_duplicates.compare(rows, keys, texts, options, how, related)
    count = sum(receipt.counts["in"] for receipt in signed)
    counts = {"in": count, "out": count, "duplicates": len(found.duplicates)}
    counts["pairs checked"] = found.checked
    facts = {"bands": near_duplicates.explained(options)}
    receipt = Receipt(job.stage, job.key, "all", [], parents, counts, facts=facts)
    table = found.duplicates.to_arrow().cast(DUPLICATES)
    return pool.commit_rows(receipt, {"trace_duplicates": table}, job.recipe)


def _signed(
    pool: Pool, signed: list[Receipt], words: list[list[Receipt]], options: Near
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """Every signed trace that was judged: those of problems set aside are not, and are left out."""
    said = [published_of(pool, []), *(published_of(pool, receipts) for receipts in words)]
    labels = pl.concat(said).select(row_id="trace_id", verdict=pl.col("verdict") == Verdict.CORRECT)
    frames, keys = [], []
    for _, frame, own in near_duplicates.keyed(pool, signed, "trace_signatures", options):
        usable = frame.select(pl.col("row_id").is_in(labels["row_id"].implode())).to_series()
        frames.append(frame.filter(usable))
        keys.append(own[usable.to_numpy()])
    rows, matrix = near_duplicates.joined(frames, keys, options)
    rows = rows.join(labels, on="row_id", how="left", maintain_order="left")
    return rows.with_columns(rank=pl.lit(0, pl.Int32)), matrix
