"""dedupe: problems that say nearly the same, found across all sources.

By default these are other problems, however alike their words: other numbers, or the same ones in
another order; as many number words (twice) or operators, but others; another gold answer. Equal
texts are duplicates whatever the answer. `template` masks the numbers to find families on purpose.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest, digest_all
from schemas.recipe import Dedupe, Strict
from schemas.tables import DUPLICATES, REJECTS, SIGNATURES
from tasks.dedupe import near_duplicates
from tasks.pool.jobs import Done, Job, Mapper, Output, frame_of
from tasks.pool.store import Receipt

if TYPE_CHECKING:
    from tasks.dedupe.shingles import Signatures

VERSION = "4"

NOTHING = frame_of(SIGNATURES.empty_table().drop_columns(["signature"])).with_columns(
    shard=pl.lit("", pl.String)
)


def sign(problems: pl.DataFrame, options: Dedupe) -> Output:
    """Signatures of problems; the block is their numbers and operators where these decide."""
    rows = problems.select(
        "source",
        row_id="problem_id",
        text="problem",
        sound=pl.coalesce("answer", "tests").is_not_null(),
        length=pl.col("solution").str.len_chars().fill_null(0).cast(pl.Int64),
    )
    how = near_duplicates.shingling(options, masked=options.mode == "template")
    golds = problems.select(pl.coalesce("answer", "tests")).to_series()
    only_text = options.mode != "problem"
    table = near_duplicates.sign(rows, how, lambda signed: _content(signed, golds, only_text))
    return Output({"signatures": table}, {"in": len(problems)})


def _content(signed: "Signatures", golds: pl.Series, only_text: bool) -> near_duplicates.Content:
    from tasks.dedupe.shingles import Shingling, signatures, tagged

    none = np.zeros(len(golds), np.uint64)
    if only_text:
        return near_duplicates.Content(none, none, none, none)
    answers = signatures(golds, Shingling()).sequence
    answered = tagged((answers > 0).astype(np.uint64), answers)
    answered[answers == 0] = 0
    return near_duplicates.Content(signed.numbers, answered, signed.numerals, signed.signs)


def plan_signatures(done: Done, options: Dedupe) -> Iterator[Job]:
    """One job per problem shard; threshold and recall do not matter to a signature."""
    mapper = Mapper(
        name="sign",
        version=digest(VERSION, near_duplicates.shingling(options), options.mode),
        over="problems",
        reads=["problem_id", "problem", "answer", "tests", "solution", "source"],
        function=lambda frame, _: sign(frame, options),
    )
    return mapper.plan(done, Strict())


def plan(done: Done, options: Dedupe, sources: list[str]) -> Iterator[Job]:
    """The comparison of all signatures, one job; `sources` in the order of the recipe."""
    signed = done.receipts.get("sign", [])
    shards = [receipt.parents[0] for receipt in signed]
    how = options.model_dump(mode="json")
    key = digest("dedupe", VERSION, how, sources, [r.key for r in signed], done.decided(shards))[
        :16
    ]

    def run() -> Receipt:
        rows, keys = _signed(done, signed, options, sources)

        def texts(ids: list[str]) -> Iterable[tuple[list[str], pl.Series]]:
            wanted = pl.Series(ids, dtype=pl.String)
            for receipt in done.problems:
                shard = receipt.shard("problems")
                if shard and receipt.key in shards and ids:
                    frame = frame_of(done.pool.read(shard, ["problem_id", "problem"]))
                    frame = frame.filter(pl.col("problem_id").is_in(wanted.implode()))
                    yield frame["problem_id"].to_list(), frame["problem"]

        masked = near_duplicates.shingling(options, masked=options.mode == "template")
        found = near_duplicates.compare(rows, keys, texts, options, masked)
        pairs = found.duplicates
        rejects = pairs.select(
            pl.lit("dedupe").alias("stage"),
            "row_id",
            pl.lit(None, pl.String).alias("source"),
            pl.lit("duplicate").alias("reason"),
            pl.format("of {}", "duplicate_of").alias("detail"),
        )
        counts = {
            "in": len(rows),
            "out": len(rows) - len(pairs),
            "aside.duplicate": len(pairs),
            "pairs checked": found.checked,
        }
        where = rows.select("row_id", "shard").join(pairs.select("row_id"), on="row_id")
        aside = {
            parent: digest_all(sorted(where.filter(pl.col("shard") == parent)["row_id"]))
            for parent in shards
        }
        facts = {"bands": near_duplicates.explained(options)}
        receipt = Receipt("dedupe", key, "all", [], [r.key for r in signed], counts, aside, facts)
        tables = {
            "duplicates": pairs.to_arrow().cast(DUPLICATES),
            "rejects": rejects.to_arrow().cast(REJECTS),
        }
        return done.pool.commit(receipt, dict(tables) if len(pairs) else {}, done.recipe)

    yield Job("dedupe", key, "all problems", sum(r.counts["in"] for r in signed), run)


def _signed(
    done: Done, signed: list[Receipt], options: Dedupe, sources: list[str]
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """Every signed problem that no earlier step set aside: such a one must not be a survivor."""
    chosen = near_duplicates.bands(options)
    aside = done.set_aside([receipt.parents[0] for receipt in signed])["row_id"].implode()
    frames, keys = [NOTHING], [np.empty((0, chosen.b), np.uint64)]
    for receipt in signed:
        shard = receipt.shard("signatures")
        assert shard is not None
        frame, own = near_duplicates.read(done.pool.read(shard), chosen)
        usable = frame.select(~pl.col("row_id").is_in(aside)).to_series()
        frames.append(frame.filter(usable).with_columns(shard=pl.lit(receipt.parents[0])))
        keys.append(own[usable.to_numpy()])
    rank = {name: number for number, name in enumerate(sources)}
    rows = pl.concat(frames).with_columns(
        verdict=pl.lit(value=False),
        rank=pl.col("source").replace_strict(rank, return_dtype=pl.Int32),
    )
    return rows, np.concatenate(keys)
