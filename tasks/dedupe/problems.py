"""dedupe: problems that say nearly the same, found across all sources.

By default these are other problems, however alike their words: other numbers, or the same ones in
another order; as many number words (twice) or operators, but others; another gold answer. Equal
texts are duplicates whatever the answer. `template` masks the numbers to find families on purpose.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest, digest_all
from schemas.tables import DUPLICATES
from tasks.dedupe import buckets, near_duplicates
from tasks.dedupe import kin as kinship
from tasks.dedupe.kin import Kin, kin_of
from tasks.dedupe.options import Mode, Near, Shingling
from tasks.pool.jobs import Done, Job, Mapping, Output, aside_of, map_jobs
from tasks.pool.store import Pool, Receipt

if TYPE_CHECKING:
    from tasks.dedupe.shingles import Signatures
    from tasks.pool.build import Build

VERSION = "4"

TEXT = buckets.Text("problems", ["problem_id", "problem"], pl.col("problem"))


def sign(problems: pl.DataFrame, options: Near, mode: Mode) -> Output:
    """Signatures of problems; the block is their numbers and operators where these decide."""
    rows = problems.select(
        "source",
        row_id="problem_id",
        text="problem",
        sound=pl.coalesce("answer", "tests").is_not_null(),
        length=pl.col("solution").str.len_chars().fill_null(0).cast(pl.Int64),
    )
    how = near_duplicates.shingling(options, masked=mode == "template")
    golds = problems.select(pl.coalesce("answer", "tests")).to_series()
    only_text = mode != "problem"
    table = near_duplicates.sign(rows, how, lambda signed: _content(signed, golds, only_text))
    return Output({"signatures": table}, {"in": len(problems)})


def _content(signed: "Signatures", golds: pl.Series, only_text: bool) -> near_duplicates.Content:
    from tasks.dedupe.shingles import signatures, tagged

    none = np.zeros(len(golds), np.uint64)
    if only_text:
        return near_duplicates.Content(none, none, none, none)
    answers = signatures(golds, Shingling()).sequence
    answered = tagged((answers > 0).astype(np.uint64), answers)
    answered[answers == 0] = 0
    return near_duplicates.Content(signed.numbers, answered, signed.numerals, signed.signs)


def plan_signatures(done: Done, options: Near, mode: Mode) -> Iterator[Job]:
    """One job per problem shard; threshold and recall do not matter to a signature."""
    reads = ("problem_id", "problem", "answer", "tests", "solution", "source")
    mapping = Mapping("problems", reads, (), partial(sign, options=options, mode=mode))
    stamp = digest(VERSION, near_duplicates.shingling(options), mode)
    return map_jobs(done, "sign", stamp, {}, mapping)


def deduped(
    build: "Build", step: str, how: dict[str, Any], options: Near, mode: Mode, signed: list[Receipt]
) -> list[Receipt]:
    """The receipts of the comparison of all signatures: of one job, or of several (buckets.py).

    how: all options of the step called `step`, as JSON values
    """
    writes = ["duplicates", "set_aside"]
    given = (build.done, step, how, options, mode, signed, build.sources)
    if sum(receipt.counts["in"] for receipt in signed) <= buckets.ONE_JOB:
        return build.jobs(step, plan(*given), writes, step)
    return buckets.compared(build, comparison(*given), writes, step)


def plan(
    done: Done,
    step: str,
    how: dict[str, Any],
    options: Near,
    mode: Mode,
    signed: list[Receipt],
    sources: list[str],
) -> Iterator[Job]:
    """The comparison of all signatures, one job; `sources` in the order of the recipe."""
    shards, kin = [receipt.parents[0] for receipt in signed], kin_of(done, options.ancestors)
    key = _key(done, step, how, signed, sources, kin)[:16]
    rows = sum(receipt.counts["in"] for receipt in signed)
    given = (options, mode, signed, sources, done.part(shards), kin)
    yield Job(step, key, "all problems", rows, done.recipe, compare, given)


def _key(
    done: Done, step: str, how: dict[str, Any], signed: list[Receipt], sources: list[str], kin: Kin
) -> str:
    decided = done.decided([receipt.parents[0] for receipt in signed])
    read = [receipt.key for receipt in signed]
    return digest(step, VERSION, how, sources, read, decided, *kin.stamp)


def comparison(
    done: Done,
    step: str,
    how: dict[str, Any],
    options: Near,
    mode: Mode,
    signed: list[Receipt],
    sources: list[str],
) -> buckets.Comparison:
    """The same in buckets."""
    kin = kin_of(done, options.ancestors)
    by_key = {receipt.key: receipt for receipt in done.problems}

    def rows(some: list[Receipt]) -> near_duplicates.Rows:
        known = done.part([receipt.parents[0] for receipt in some])
        return partial(rows_of, options=options, sources=sources, known=known)

    return buckets.Comparison(
        step,
        _key(done, step, how, signed, sources, kin),
        signed,
        [by_key[receipt.parents[0]] for receipt in signed],
        rows,
        TEXT,
        options,
        partial(compare_bucket, options=options, mode=mode, kin=kin),
    )


def compare_bucket(
    pool: Pool,
    job: Job,
    gathered: list[Receipt],
    bucket: int,
    options: Near,
    mode: Mode,
    kin: Kin,
) -> Receipt:
    """Set aside the problems of a bucket that repeat another."""
    rows, keys = buckets.rows_in(pool, gathered, bucket)
    texts = buckets.texts_in(pool, gathered, bucket)
    masked = near_duplicates.shingling(options, masked=mode == "template")
    related = kinship.pairs(pool, kin)
    found = near_duplicates.compare(rows, keys, texts, options, masked, related)
    gone = found.duplicates["row_id"]
    touched = rows.filter(pl.col("row_id").is_in(gone.implode()))["shard"].unique().sort().to_list()
    digests = digests_by_shard(rows, gone, touched)
    facts = {"bands": near_duplicates.explained(options)}
    receipt = Receipt("", "", str(bucket), [], [r.key for r in gathered], {}, digests, facts)
    return _set_aside(pool, job, found, len(rows), receipt)


def compare(
    pool: Pool,
    job: Job,
    options: Near,
    mode: Mode,
    signed: list[Receipt],
    sources: list[str],
    known: Done,
    kin: Kin,
) -> Receipt:
    """Set aside the problems that repeat another."""
    read = (rows_of(pool, receipt, options, sources, known) for receipt in signed)
    rows, keys = near_duplicates.joined(read, options)
    texts = near_duplicates.texts_of(pool, known.problems, *TEXT)
    masked = near_duplicates.shingling(options, masked=mode == "template")
    related = kinship.pairs(pool, kin)
    found = near_duplicates.compare(rows, keys, texts, options, masked, related)
    shards = [receipt.parents[0] for receipt in signed]
    digests = digests_by_shard(rows, found.duplicates["row_id"], shards)
    facts = {"bands": near_duplicates.explained(options)}
    parents = [receipt.key for receipt in signed]
    receipt = Receipt("", "", "all", [], parents, {}, digests, facts)
    return _set_aside(pool, job, found, len(rows), receipt)


def _set_aside(
    pool: Pool, job: Job, found: near_duplicates.Compared, rows: int, receipt: Receipt
) -> Receipt:
    """Commit what was found among so many rows; `receipt` tells the rest."""
    pairs = found.duplicates
    aside = pairs.select(
        "row_id", reason=pl.lit("duplicate"), detail=pl.format("of {}", "duplicate_of")
    )
    counts = {
        "in": rows,
        "out": rows - len(pairs),
        "aside.duplicate": len(pairs),
        "pairs checked": found.checked,
    }
    tables = {
        "duplicates": pairs.to_arrow().cast(DUPLICATES),
        "set_aside": aside_of(job.stage, aside),
    }
    own = replace(receipt, stage=job.stage, key=job.key, counts=counts)
    return pool.commit_rows(own, tables, job.recipe)


def digests_by_shard(rows: pl.DataFrame, aside: pl.Series, shards: list[str]) -> dict[str, str]:
    """Per problem shard a digest of what is set aside of it; `rows`: row_id, shard."""
    where = rows.filter(pl.col("row_id").is_in(aside.implode())).sort("row_id")
    gone = dict(where.group_by("shard", maintain_order=True).agg("row_id").iter_rows())
    return {shard: digest_all(gone.get(shard, [])) for shard in shards}


def rows_of(
    pool: Pool, signed: Receipt, options: Near, sources: list[str], known: Done
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """The signed problems of a shard that no earlier step set aside, and their band keys: such a
    one must not be a survivor.
    """
    table = pool.read(signed.whole("signatures"))
    frame, keys = near_duplicates.read(table, near_duplicates.bands(options))
    (shard,) = signed.parents
    aside = known.set_aside([shard])["row_id"]
    usable = frame.select(~pl.col("row_id").is_in(aside.implode())).to_series()
    rows = frame.filter(usable).with_columns(shard=pl.lit(shard))
    return ranked(rows, sources), keys[usable.to_numpy()]


def ranked(rows: pl.DataFrame, sources: list[str]) -> pl.DataFrame:
    """Rows of problems with what the rule asks of them: no verdict, and their source's rank."""
    rank = {name: number for number, name in enumerate(sources)}
    shard = [] if "shard" in rows.columns else [pl.lit("", pl.String).alias("shard")]
    return rows.with_columns(
        *shard,
        verdict=pl.lit(value=False),
        rank=pl.col("source").replace_strict(rank, return_dtype=pl.Int32),
    )
