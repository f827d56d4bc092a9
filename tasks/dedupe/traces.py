"""dedupe_traces: which traces of a problem say nearly the same.

Nothing is set aside: `trace_duplicates` names the trace that stays, and views choose with
`duplicate_of is null`. Numbers count like words here: in 30 kB of reasoning one other number makes
no other trace.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest
from schemas.tables import DUPLICATES
from schemas.vocabulary import State, Verdict
from tasks.dedupe import buckets, near_duplicates
from tasks.dedupe import kin as kinship
from tasks.dedupe.kin import Kin, kin_of
from tasks.dedupe.options import Near
from tasks.pool.jobs import Done, Job, Mapping, Output, map_jobs
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.labels import judged, people, published_of

if TYPE_CHECKING:
    from tasks.pool.build import Build

VERSION = "2"

TEXT = pl.concat_str("reasoning", "response", separator="\n", ignore_nulls=True)
PARTS = buckets.Text("traces", ["trace_id", "reasoning", "response"], TEXT)


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


def marked(
    build: "Build", step: str, how: dict[str, Any], options: Near, signed: list[Receipt]
) -> list[Receipt]:
    """The receipts of the comparison of all signatures: of one job, or of several (buckets.py).

    how: the options of the step as JSON values
    """
    given = (build.done, step, how, options, signed)
    if sum(receipt.counts["in"] for receipt in signed) <= buckets.ONE_JOB:
        return build.jobs(step, plan(*given), ["trace_duplicates"])
    return buckets.compared(build, comparison(*given), ["trace_duplicates"])


def plan(
    done: Done, step: str, how: dict[str, Any], options: Near, signed: list[Receipt]
) -> Iterator[Job]:
    """The comparison of all signatures, one job."""
    kin, words = kin_of(done, options.ancestors), _words(done)
    parents = _read(done, signed)
    rows = sum(receipt.counts["in"] for receipt in signed)
    given = (options, signed, done.traces, words, parents, kin)
    key = digest(step, VERSION, how, parents, *kin.stamp)[:16]
    yield Job(step, key, "all traces", rows, done.recipe, compare, given)


def _words(done: Done) -> dict[str, list[Receipt]]:
    """The verdicts' receipts of each trace shard that was judged, by its key."""
    human = people(done)
    return {traces.key: [*of, *human] for traces, of in judged(done)}


def _read(done: Done, signed: list[Receipt]) -> list[str]:
    """The keys of all that is read."""
    shards = judged(done)
    first = [of[0] for _, of in shards]
    later = [receipt for _, of in shards for receipt in of[1:]]
    return [receipt.key for receipt in (*signed, *first, *later, *people(done))]


def comparison(
    done: Done, step: str, how: dict[str, Any], options: Near, signed: list[Receipt]
) -> buckets.Comparison:
    """The same in buckets."""
    kin, words = kin_of(done, options.ancestors), _words(done)
    by_key = {receipt.key: receipt for receipt in done.traces}

    def rows(some: list[Receipt]) -> near_duplicates.Rows:
        shards = [receipt.parents[0] for receipt in some]
        own = {shard: words[shard] for shard in shards if shard in words}
        return partial(rows_of, options=options, words=own)

    return buckets.Comparison(
        step,
        digest(step, VERSION, how, _read(done, signed), *kin.stamp),
        signed,
        [by_key[receipt.parents[0]] for receipt in signed],
        rows,
        PARTS,
        options,
        partial(compare_bucket, options=options, kin=kin),
    )


def compare(
    pool: Pool,
    job: Job,
    options: Near,
    signed: list[Receipt],
    traces: list[Receipt],
    words: dict[str, list[Receipt]],
    parents: list[str],
    kin: Kin,
) -> Receipt:
    """Mark the traces that repeat another. `words`: as `rows_of` has them."""
    read = (rows_of(pool, receipt, options, words) for receipt in signed)
    rows, keys = near_duplicates.joined(read, options)
    texts = near_duplicates.texts_of(pool, traces, *PARTS)
    how = near_duplicates.shingling(options)
    related = kinship.pairs(pool, kin)
    found = near_duplicates.compare(rows, keys, texts, options, how, related)
    facts = {"bands": near_duplicates.explained(options)}
    count = sum(receipt.counts["in"] for receipt in signed)
    return _mark(pool, job, found, count, Receipt("", "", "all", [], parents, facts=facts))


def compare_bucket(
    pool: Pool, job: Job, gathered: list[Receipt], bucket: int, options: Near, kin: Kin
) -> Receipt:
    """Mark the traces of a bucket that repeat another."""
    rows, keys = buckets.rows_in(pool, gathered, bucket)
    texts = buckets.texts_in(pool, gathered, bucket)
    related = kinship.pairs(pool, kin)
    how = near_duplicates.shingling(options)
    found = near_duplicates.compare(rows, keys, texts, options, how, related)
    facts = {"bands": near_duplicates.explained(options)}
    parents = [receipt.key for receipt in gathered]
    return _mark(
        pool, job, found, len(rows), Receipt("", "", str(bucket), [], parents, facts=facts)
    )


def _mark(
    pool: Pool, job: Job, found: near_duplicates.Compared, rows: int, receipt: Receipt
) -> Receipt:
    """Commit what was found among so many rows; `receipt` tells the rest."""
    counts = {"in": rows, "out": rows, "duplicates": len(found.duplicates)}
    counts["pairs checked"] = found.checked
    table = found.duplicates.to_arrow().cast(DUPLICATES)
    own = replace(receipt, stage=job.stage, key=job.key, counts=counts)
    return pool.commit_rows(own, {"trace_duplicates": table}, job.recipe)


def rows_of(
    pool: Pool, signed: Receipt, options: Near, words: dict[str, list[Receipt]]
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """The signed traces of a shard that were judged, and their band keys: those of problems set
    aside are not, and are left out.

    words: the receipts of the verdicts on each trace shard, by its key
    """
    table = pool.read(signed.whole("trace_signatures"))
    frame, keys = near_duplicates.read(table, near_duplicates.bands(options))
    said = published_of(pool, words.get(signed.parents[0], []))
    labels = said.select(row_id="trace_id", verdict=pl.col("verdict") == Verdict.CORRECT)
    usable = frame.select(pl.col("row_id").is_in(labels["row_id"].implode())).to_series()
    rows = frame.filter(usable).join(labels, on="row_id", how="left", maintain_order="left")
    return rows.with_columns(rank=pl.lit(0, pl.Int32)), keys[usable.to_numpy()]
