"""dedupe: problems that say the same once case, spacing and punctuation are folded.

Exact and global: each shard is signed once (`signatures`), the signatures of all are compared, and
the pair is stored with what decided. Digits, letters of any script and operators count; so two
problems that differ in a number or a sign are different problems.
"""

from collections.abc import Iterator

import polars as pl

from schemas.identity import digest, digest_all
from schemas.recipe import Dedupe
from schemas.tables import DUPLICATES, REJECTS, SIGNATURES
from tasks.pool import Receipt
from tasks.stage import Done, Job, Mapper, Output, frame_of

VERSION = "2"

# What carries meaning stays: braces (2^{n} + 1, 2^{n + 1}), `!` (5!), primes (y'), superscripts.
SPACING = r"\\[,;:! ]|\\(?:left|right|quad|qquad|displaystyle|text(?:bf|it|rm)?)\b|[$]"
PUNCTUATION = r"[\s.,;:?\"“”…]+"


def folded(problem: pl.Expr) -> pl.Expr:
    """The form that exact duplicates share."""
    text = problem.str.normalize("NFC").str.to_lowercase().str.replace_all("[‘’`´]", "'")
    text = text.str.replace_all(SPACING, " ")
    # Commas and points before a digit are the number's business, not punctuation.
    text = text.str.replace_all(r"[.](\d)", "\u2396${1}")
    text = text.str.replace_all(r",(\d)", "\u2397${1}")
    words = text.str.replace_all(PUNCTUATION, " ").str.strip_chars()
    # Single letters are variables, and A is not a: they keep their case (a, I as words do not).
    letters = problem.str.extract_all(r"\b[B-HJ-Zb-hj-z]\b").list.join("")
    return pl.concat_str(words, letters, separator="\n")


def sign(problems: pl.DataFrame, _: Dedupe, rank: dict[str, int]) -> Output:
    """One signature per problem; `rank` is the position of its source in the recipe."""
    signed = problems.select(
        "problem_id",
        key=folded(pl.col("problem")).map_elements(digest, pl.String),
        rank=pl.col("source").replace_strict(rank, return_dtype=pl.Int32),
    )
    return Output({"signatures": signed.to_arrow().cast(SIGNATURES)}, {"in": len(signed)})


def duplicates(signatures: pl.DataFrame) -> pl.DataFrame:
    """The pairs (problem set aside, survivor) among all signatures.

    The survivor is the problem of the earliest source, then of the smallest id; neither depends on
    the order of rows or on how they were sharded.
    """
    ordered = signatures.sort("key", "rank", "problem_id")
    first = pl.col("problem_id").first().over("key")
    return (
        ordered.with_columns(
            survivor=first,
            cluster=pl.col("problem_id").min().over("key"),
            why=pl.when(pl.col("rank") > pl.col("rank").first().over("key"))
            .then(pl.lit("source"))
            .otherwise(pl.lit("id")),
        )
        .filter(pl.col("problem_id") != pl.col("survivor"))
        .select(
            "shard",
            "survivor",
            "cluster",
            "why",
            row_id="problem_id",
            jaccard=pl.lit(1.0, pl.Float32),
        )
        .sort("row_id")
    )


NOTHING = frame_of(SIGNATURES.empty_table()).with_columns(shard=pl.lit("", pl.String))


def plan(done: Done, options: Dedupe) -> Iterator[Job]:
    """The comparison of all signatures, one job (the signing is planned by `plan_signatures`)."""
    signed = done.receipts.get("sign", [])
    shards = [receipt.parents[0] for receipt in signed]
    key = digest("dedupe", VERSION, [r.key for r in signed], done.decided(shards))[:16]

    def run() -> Receipt:
        # What an earlier step set aside is out: it must not be the survivor of a usable problem.
        out = pl.col("problem_id").is_in(done.set_aside(shards)["row_id"].implode())
        frames = [_signatures(done, receipt).filter(~out) for receipt in signed]
        pairs = duplicates(pl.concat([NOTHING, *frames]))
        rejects = pairs.select(
            pl.lit("dedupe").alias("stage"),
            "row_id",
            pl.lit(None, pl.String).alias("source"),
            pl.lit("duplicate").alias("reason"),
            ("of " + pl.col("survivor")).alias("detail"),
        )
        total = sum(len(frame) for frame in frames)
        counts = {"in": total, "out": total - len(pairs), "aside.duplicate": len(pairs)}
        aside = {
            receipt.parents[0]: digest_all(
                pairs.filter(pl.col("shard") == receipt.parents[0])["row_id"].to_list()
            )
            for receipt in signed
        }
        receipt = Receipt("dedupe", key, "all", [], [r.key for r in signed], counts, aside)
        tables = {
            "duplicates": pairs.drop("shard").select(DUPLICATES.names).to_arrow().cast(DUPLICATES),
            "rejects": rejects.to_arrow().cast(REJECTS),
        }
        return done.pool.commit(receipt, dict(tables) if len(pairs) else {}, done.recipe)

    yield Job("dedupe", key, "all problems", sum(r.counts["in"] for r in signed), run)


def plan_signatures(done: Done, options: Dedupe, sources: list[str]) -> Iterator[Job]:
    """One job per problem shard."""
    rank = {name: number for number, name in enumerate(sources)}
    mapper = Mapper(
        name="sign",
        version=digest(VERSION, rank),
        over="problems",
        reads=["problem_id", "problem", "source"],
        function=lambda frame, how: sign(frame, how, rank),
    )
    return mapper.plan(done, options)


def _signatures(done: Done, receipt: Receipt) -> pl.DataFrame:
    shard = receipt.shard("signatures")
    assert shard is not None
    frame = frame_of(done.pool.read(shard))
    return frame.with_columns(shard=pl.lit(receipt.parents[0]))
