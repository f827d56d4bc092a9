"""dedupe: problems that say nearly the same, found across all sources.

By default these are other problems, however alike their words: other numbers, or the same ones in
another order; as many number words (twice) or operators, but others; another gold answer. Equal
texts are duplicates whatever the answer. `template` masks the numbers to find families on purpose.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest, digest_all
from schemas.tables import DUPLICATES
from tasks.dedupe import kin as kinship
from tasks.dedupe import near_duplicates
from tasks.dedupe.kin import Kin, kin_of
from tasks.dedupe.options import Mode, Near, Shingling
from tasks.pool.jobs import Done, Job, Mapping, Output, aside_of, map_jobs
from tasks.pool.store import Pool, Receipt

if TYPE_CHECKING:
    from tasks.dedupe.shingles import Signatures

VERSION = "4"


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


def plan(
    done: Done,
    step: str,
    how: dict[str, Any],
    options: Near,
    mode: Mode,
    signed: list[Receipt],
    sources: list[str],
) -> Iterator[Job]:
    """The comparison of all signatures, one job; `sources` in the order of the recipe.

    how: all options of the step called `step`, as JSON values
    """
    shards = [receipt.parents[0] for receipt in signed]
    decided, kin = done.decided(shards), kin_of(done, options.ancestors)
    read = [receipt.key for receipt in signed]
    key = digest(step, VERSION, how, sources, read, decided, *kin.stamp)[:16]
    rows = sum(receipt.counts["in"] for receipt in signed)
    given = (options, mode, signed, sources, done.part(shards), kin)
    yield Job(step, key, "all problems", rows, done.recipe, compare, given)


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
    rows, keys = _signed(pool, signed, options, sources, known.set_aside()["row_id"])
    shards = [receipt.parents[0] for receipt in signed]
    columns = ["problem_id", "problem"]
    texts = near_duplicates.texts_of(pool, known.problems, "problems", columns, pl.col("problem"))
    masked = near_duplicates.shingling(options, masked=mode == "template")
    related = kinship.pairs(pool, kin)
    found = near_duplicates.compare(rows, keys, texts, options, masked, related)
    pairs = found.duplicates
    aside = pairs.select(
        "row_id", reason=pl.lit("duplicate"), detail=pl.format("of {}", "duplicate_of")
    )
    counts = {
        "in": len(rows),
        "out": len(rows) - len(pairs),
        "aside.duplicate": len(pairs),
        "pairs checked": found.checked,
    }
    digests = digests_by_shard(rows, pairs["row_id"], shards)
    facts = {"bands": near_duplicates.explained(options)}
    parents = [receipt.key for receipt in signed]
    receipt = Receipt(job.stage, job.key, "all", [], parents, counts, digests, facts)
    tables = {
        "duplicates": pairs.to_arrow().cast(DUPLICATES),
        "set_aside": aside_of(job.stage, aside),
    }
    return pool.commit_rows(receipt, tables, job.recipe)


def digests_by_shard(rows: pl.DataFrame, aside: pl.Series, shards: list[str]) -> dict[str, str]:
    """Per problem shard a digest of what is set aside of it; `rows`: row_id, shard."""
    where = rows.filter(pl.col("row_id").is_in(aside.implode())).sort("row_id")
    gone = dict(where.group_by("shard", maintain_order=True).agg("row_id").iter_rows())
    return {shard: digest_all(gone.get(shard, [])) for shard in shards}


def _signed(
    pool: Pool, signed: list[Receipt], options: Near, sources: list[str], aside: pl.Series
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """Every signed problem that no earlier step set aside: such a one must not be a survivor."""
    frames, keys = [], []
    for receipt, frame, own in near_duplicates.keyed(pool, signed, "signatures", options):
        usable = frame.select(~pl.col("row_id").is_in(aside.implode())).to_series()
        frames.append(frame.filter(usable).with_columns(shard=pl.lit(receipt.parents[0])))
        keys.append(own[usable.to_numpy()])
    rows, matrix = near_duplicates.joined(frames, keys, options)
    return ranked(rows, sources), matrix


def ranked(rows: pl.DataFrame, sources: list[str]) -> pl.DataFrame:
    """Rows of problems with what the rule asks of them: no verdict, and their source's rank."""
    rank = {name: number for number, name in enumerate(sources)}
    shard = [] if "shard" in rows.columns else [pl.lit("", pl.String).alias("shard")]
    return rows.with_columns(
        *shard,
        verdict=pl.lit(value=False),
        rank=pl.col("source").replace_strict(rank, return_dtype=pl.Int32),
    )
