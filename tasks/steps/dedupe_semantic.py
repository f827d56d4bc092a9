"""dedupe_semantic: problems that say the same in other words, by the cosine of their embeddings.

What `dedupe` keeps apart stays apart, by the facts that it signed: other numbers, number words or
operators, another gold answer (unless its `mode` says that these do not count). An embedding hardly
sees them: two problems that differ in one number are nearer to each other than a paraphrase is.

The comparison is exact. Problems are taken best first (the rule of
tasks/dedupe/near_duplicates.py); each repeats the first one that stays and is that near, or else
stays itself. So each is compared with those that stay and have the same numbers, tile by tile.
Time is at worst quadratic in the largest group, which is that of problems without numbers; memory
is a row of facts per problem and two tiles: the vectors lie in a temporary file (2 bytes per
dimension), which the system pages in and out.
"""

import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.errors import TeacherError
from schemas.identity import digest, digest_all
from schemas.questions import DedupeSemantic
from schemas.tables import REJECTS, SEMANTIC_DUPLICATES
from tasks.dedupe.clusters import contradict
from tasks.dedupe.embeddings import matrix
from tasks.dedupe.near_duplicates import FACTS, FALLING, RULE, why
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Receipt
from tasks.steps.dedupe import NOTHING

VERSION = "2"

TILE = 2048
"""Rows of a tile: two tiles of 1,024 dimensions and their products take 32 MB."""

SLACK = 2**-9
"""How far a float32 product may be from the cosine: a float16 vector is not quite of length 1
(2^-11), and sums round (2^-24 for each dimension). What is that near to the threshold is done
again.
"""

READ = ["row_id", "block", *FACTS, "source", "sound", "length"]


def plan(done: Done, options: DedupeSemantic, sources: list[str]) -> Iterator[Job]:
    """The comparison of all embeddings, one job; `sources` in the order of the recipe."""
    embedded = done.receipts.get("embed", [])
    signed = {receipt.parents[0]: receipt for receipt in done.receipts.get("sign", [])}
    shards = [receipt.parents[0] for receipt in embedded]
    read = [receipt.key for receipt in (*embedded, *signed.values())]
    key = digest("dedupe_semantic", VERSION, options.threshold, sources, read)[:16]

    def run() -> Receipt:
        with tempfile.TemporaryFile() as file:
            rows, vectors = _collect(done, embedded, signed, file)
            rank = {name: number for number, name in enumerate(sources)}
            rows = rows.with_columns(
                verdict=pl.lit(value=False),
                rank=pl.col("source").replace_strict(rank, return_dtype=pl.Int32),
            )
            pairs = compare(rows, vectors, options.threshold)
            del vectors
        count = sum(receipt.counts["in"] for receipt in embedded)
        rejects = pairs.select(
            pl.lit("dedupe_semantic").alias("stage"),
            "row_id",
            pl.lit(None, pl.String).alias("source"),
            pl.lit("duplicate_semantic").alias("reason"),
            pl.format("of {} (cosine {})", "duplicate_of", pl.col("cosine").round(4)).alias(
                "detail"
            ),
        )
        counts = {
            "in": count,
            "out": count - len(pairs),
            "aside.duplicate_semantic": len(pairs),
            "without embedding": count - len(rows),
        }
        where = rows.select("row_id", "shard").join(pairs.select("row_id"), on="row_id")
        aside = {
            parent: digest_all(sorted(where.filter(pl.col("shard") == parent)["row_id"]))
            for parent in shards
        }
        receipt = Receipt("dedupe_semantic", key, "all", [], read, counts, aside)
        tables = {
            "semantic_duplicates": pairs.to_arrow().cast(SEMANTIC_DUPLICATES),
            "rejects": rejects.to_arrow().cast(REJECTS),
        }
        return done.pool.commit(receipt, dict(tables) if len(pairs) else {}, done.recipe)

    yield Job("dedupe_semantic", key, "all problems", sum(r.counts["in"] for r in embedded), run)


def compare(rows: pl.DataFrame, vectors: NDArray[np.float16], threshold: float) -> pl.DataFrame:
    """The semantic duplicates among rows (row_id, block, `FACTS`, `RULE`), as
    `SEMANTIC_DUPLICATES`; `vectors` (rows, dimension) have length 1. Pure.
    """
    order = rows.with_row_index("at").sort(*RULE, descending=list(FALLING))
    facts = rows.select(FACTS).to_numpy()
    survivors, cosines = np.arange(len(rows)), np.ones(len(rows))
    for (_,), block in order.group_by("block", maintain_order=True):
        if len(block) > 1:
            own = block["at"].to_numpy().astype(np.int64)
            _elect(own, vectors, facts, threshold, survivors, cosines)
    found = np.flatnonzero(survivors != np.arange(len(rows)))
    kept = rows[survivors[found]].select(pl.col(c).alias(f"kept_{c}") for c in RULE)
    return (
        pl.concat([rows[found], kept], how="horizontal")
        .select(
            "row_id",
            duplicate_of="kept_row_id",
            cosine=pl.Series(cosines[found], dtype=pl.Float64),
            why=why(),
        )
        .sort("row_id")
    )


def _elect(
    order: NDArray[np.int64],
    vectors: NDArray[np.float16],
    facts: NDArray[np.uint64],
    threshold: float,
    survivors: NDArray[np.int64],
    cosines: NDArray[np.float64],
) -> None:
    """Give the rows of a block, best first, their survivors, and the cosines to these."""
    staying = np.empty(0, np.int64)
    for start in range(0, len(order), TILE):
        tile = order[start : start + TILE]
        own = vectors[tile].astype(np.float32)
        waiting = np.ones(len(tile), np.bool_)
        for at in range(0, len(staying), TILE):
            others = staying[at : at + TILE]
            near = own @ vectors[others].astype(np.float32).T >= threshold - SLACK
            for k in np.flatnonzero(near.any(axis=1) & waiting):
                waiting[k] = not _settle(
                    tile[k], others[near[k]], vectors, facts, threshold, survivors, cosines
                )
        near = own @ own.T >= threshold - SLACK
        stays = np.zeros(len(tile), np.bool_)
        for k in np.flatnonzero(waiting):
            before = tile[:k][near[k, :k] & stays[:k]]
            stays[k] = not _settle(tile[k], before, vectors, facts, threshold, survivors, cosines)
        staying = np.concatenate([staying, tile[stays]])


def _settle(
    row: int,
    candidates: NDArray[np.int64],
    vectors: NDArray[np.float16],
    facts: NDArray[np.uint64],
    threshold: float,
    survivors: NDArray[np.int64],
    cosines: NDArray[np.float64],
) -> bool:
    """Whether a row repeats one of the candidates, the best of which is noted."""
    for other in candidates:
        if contradict(facts, row, other):
            continue
        one, two = vectors[row].astype(np.float64), vectors[other].astype(np.float64)
        cosine = float(one @ two / np.sqrt((one @ one) * (two @ two)))
        if cosine >= threshold:
            survivors[row], cosines[row] = other, min(cosine, 1.0)
            return True
    return False


def _collect(
    done: Done, embedded: list[Receipt], signed: dict[str, Receipt], file: Any
) -> tuple[pl.DataFrame, NDArray[np.float16]]:
    """Every problem that has a direction, with what was signed of it; the vectors in a file."""
    frames, dimension = [], 0
    for receipt in embedded:
        shard, facts = receipt.shard("embeddings"), signed[receipt.parents[0]].shard("signatures")
        if shard is None or facts is None:
            continue
        table = done.pool.read(shard, ["row_id", "vector"])
        table = table.filter(table.column("vector").is_valid())
        if not len(table):
            continue
        units = matrix(table)
        if dimension not in (0, units.shape[1]):
            raise TeacherError(
                f"{shard.path}: vectors of {units.shape[1]} dimensions beside others of "
                f"{dimension}: another model answers to the same name. Delete the pool's folder "
                "`embeddings` and build again"
            )
        dimension = units.shape[1]
        file.write(units.tobytes())
        own = frame_of(table.select(["row_id"]))
        known = frame_of(done.pool.read(facts, READ))
        frames.append(
            own.join(known, on="row_id", how="left", maintain_order="left").with_columns(
                shard=pl.lit(receipt.parents[0])
            )
        )
    file.flush()
    if not frames:
        return NOTHING, np.empty((0, 0), np.float16)
    rows = pl.concat(frames)
    return rows, np.memmap(file, np.float16, "r", shape=(len(rows), dimension))
