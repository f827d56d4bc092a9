"""dedupe_semantic: problems that say the same in other words, by the cosine of their embeddings.

What `dedupe` keeps apart stays apart, by the facts that it signed: other numbers, number words or
operators, another gold answer (unless its `mode` says that these do not count). An embedding hardly
sees them: two problems that differ in one number are nearer to each other than a paraphrase is.

Problems are taken best first (the rule of tasks/dedupe/near_duplicates.py); each repeats the first
one that stays and is that near, or else stays itself. So each is compared with those that stay and
have the same numbers, tile by tile; in a group of more than 32,768 (problems without numbers are
one) with the nearest that an index finds. Memory is a row of facts per problem and two tiles: the
vectors lie in a temporary file (2 bytes per dimension), which the system pages in and out.
"""

import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.errors import TeacherError
from schemas.identity import digest
from schemas.tables import SEMANTIC_DUPLICATES
from tasks.dedupe.clusters import akin, contradict
from tasks.dedupe.kin import Kin, codes, kin_of
from tasks.dedupe.kin import pairs as pairs_of
from tasks.dedupe.meaning.embeddings import matrix
from tasks.dedupe.meaning.nearest import EXACT, SCALE, nearest
from tasks.dedupe.near_duplicates import FACTS, FALLING, NOBODY, NOTHING, RULE, why
from tasks.dedupe.problems import digests_by_shard, ranked
from tasks.pool.jobs import Done, Job, aside_of, frame_of
from tasks.pool.store import Pool, Receipt

VERSION = "2"

TILE = 2048
"""Rows of a tile: two tiles of 1,024 dimensions and their products take 32 MB."""

NEAREST = 16
"""Nearest rows that a row of a group of more than EXACT is compared with."""

SLACK = 2**-9
"""How far a float32 product may be from the cosine: a float16 vector is not quite of length 1
(2^-11), and sums round (2^-24 for each dimension). What is that near to the threshold is done
again.
"""

READ = ["row_id", "block", *FACTS, "source", "sound", "length"]


def plan(
    done: Done,
    step: str,
    threshold: float,
    embedded: list[Receipt],
    sources: list[str],
    ancestors: bool = False,
) -> Iterator[Job]:
    """The comparison of all embeddings, one job; `sources` in the order of the recipe."""
    kin = kin_of(done, ancestors)
    signed = {receipt.parents[0]: receipt for receipt in done.of("signatures")}
    read = [receipt.key for receipt in (*embedded, *signed.values())]
    key = digest(step, VERSION, threshold, sources, read, *kin.stamp)[:16]
    rows = sum(receipt.counts["in"] for receipt in embedded)
    given = (threshold, embedded, signed, sources, read, kin)
    yield Job(step, key, "all problems", rows, done.recipe, compare_all, given)


def compare_all(
    pool: Pool,
    job: Job,
    threshold: float,
    embedded: list[Receipt],
    signed: dict[str, Receipt],
    sources: list[str],
    read: list[str],
    kin: Kin,
) -> Receipt:
    """Set aside the problems that repeat another. `signed`: by the key of the problem shard."""
    with tempfile.TemporaryFile() as file:
        rows, vectors = collect(pool, embedded, signed, file)
        rows = ranked(rows, sources)
        pairs = compare(rows, vectors, threshold, pairs_of(pool, kin))
        del vectors
    return committed(pool, job, embedded, read, rows, pairs)


def committed(
    pool: Pool,
    job: Job,
    embedded: list[Receipt],
    read: list[str],
    rows: pl.DataFrame,
    pairs: pl.DataFrame,
) -> Receipt:
    """Write the duplicates (`pairs`, as `SEMANTIC_DUPLICATES`) among the rows with a direction, and
    set them aside. `read`: the keys of what was read.
    """
    count = sum(receipt.counts["in"] for receipt in embedded)
    aside = pairs.select(
        "row_id",
        reason=pl.lit("duplicate_semantic"),
        detail=pl.format("of {} (cosine {})", "duplicate_of", pl.col("cosine").round(4)),
    )
    counts = {
        "in": count,
        "out": count - len(pairs),
        "aside.duplicate_semantic": len(pairs),
        "without embedding": count - len(rows),
    }
    shards = [receipt.parents[0] for receipt in embedded]
    digests = digests_by_shard(rows, pairs["row_id"], shards)
    receipt = Receipt(job.stage, job.key, "all", [], read, counts, digests)
    tables = {
        "semantic_duplicates": pairs.to_arrow().cast(SEMANTIC_DUPLICATES),
        "set_aside": aside_of(job.stage, aside),
    }
    return pool.commit_rows(receipt, tables, job.recipe)


def compare(
    rows: pl.DataFrame,
    vectors: NDArray[np.float16],
    threshold: float,
    related: pl.DataFrame = NOBODY,
) -> pl.DataFrame:
    """The semantic duplicates among rows (row_id, block, `FACTS`, `RULE`), as
    `SEMANTIC_DUPLICATES`; `vectors` (rows, dimension) have length 1; `related`: pairs (child,
    parent) that are none, however near. Pure.
    """
    order = rows.with_row_index("at").sort(*RULE, descending=list(FALLING))
    facts, kin = rows.select(FACTS).to_numpy(), codes(rows["row_id"], related)
    survivors, cosines = np.arange(len(rows)), np.ones(len(rows))
    for (_,), block in order.group_by("block", maintain_order=True):
        if len(block) > 1:
            own = block["at"].to_numpy().astype(np.int64)
            elect = _elect if len(own) <= EXACT else _elect_near
            elect(own, vectors, facts, kin, threshold, survivors, cosines)
    found = np.flatnonzero(survivors != np.arange(len(rows)))
    return duplicates(rows[found], rows[survivors[found]], cosines[found])


def duplicates(
    rows: pl.DataFrame, kept: pl.DataFrame, cosines: NDArray[np.float64]
) -> pl.DataFrame:
    """`SEMANTIC_DUPLICATES` of rows and those that stay for them, side by side. Pure."""
    renamed = kept.select(pl.col(c).alias(f"kept_{c}") for c in RULE)
    return (
        pl.concat([rows, renamed], how="horizontal")
        .select(
            "row_id",
            duplicate_of="kept_row_id",
            cosine=pl.Series(cosines, dtype=pl.Float64),
            why=why(),
        )
        .sort("row_id")
    )


def _elect(
    order: NDArray[np.int64],
    vectors: NDArray[np.float16],
    facts: NDArray[np.uint64],
    kin: NDArray[np.int64],
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
                    tile[k], others[near[k]], vectors, facts, kin, threshold, survivors, cosines
                )
        near = own @ own.T >= threshold - SLACK
        stays = np.zeros(len(tile), np.bool_)
        for k in np.flatnonzero(waiting):
            before = tile[:k][near[k, :k] & stays[:k]]
            stays[k] = not _settle(
                tile[k], before, vectors, facts, kin, threshold, survivors, cosines
            )
        staying = np.concatenate([staying, tile[stays]])


def _elect_near(
    order: NDArray[np.int64],
    vectors: NDArray[np.float16],
    facts: NDArray[np.uint64],
    kin: NDArray[np.int64],
    threshold: float,
    survivors: NDArray[np.int64],
    cosines: NDArray[np.float64],
) -> None:
    """`_elect`, where each row is compared with the NEAREST only, as an index finds them."""
    own = vectors[order]
    near = nearest(own, own, NEAREST + 1)
    del own
    rounded = np.sqrt(vectors.shape[1]) / SCALE  # what both roundings may change
    one, rank = np.nonzero(near.cosines >= threshold - SLACK - rounded)
    pairs = np.sort(np.stack([one, near.places[one, rank]], axis=1), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]][:, ::-1], axis=0)  # (later, earlier)
    stays = np.ones(len(order), np.bool_)
    for at, others in zip(*_runs(pairs), strict=True):
        staying = order[others[stays[others]]]
        row = order[at]
        stays[at] = not _settle(row, staying, vectors, facts, kin, threshold, survivors, cosines)


def _runs(pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """The first of the sorted pairs, each once, and the second ones of each."""
    first, begin = np.unique(pairs[:, 0], return_index=True)
    return first, np.split(pairs[:, 1], begin)[1:]


def _settle(
    row: int,
    candidates: NDArray[np.int64],
    vectors: NDArray[np.float16],
    facts: NDArray[np.uint64],
    kin: NDArray[np.int64],
    threshold: float,
    survivors: NDArray[np.int64],
    cosines: NDArray[np.float64],
) -> bool:
    """Whether a row repeats one of the candidates, the best of which is noted."""
    for other in candidates:
        if contradict(facts, row, other) or akin(kin, len(survivors), row, other):
            continue
        one, two = vectors[row].astype(np.float64), vectors[other].astype(np.float64)
        cosine = float(one @ two / np.sqrt((one @ one) * (two @ two)))
        if cosine >= threshold:
            survivors[row], cosines[row] = other, min(cosine, 1.0)
            return True
    return False


def collect(
    pool: Pool, embedded: list[Receipt], signed: dict[str, Receipt], file: Any
) -> tuple[pl.DataFrame, NDArray[np.float16]]:
    """Every problem that has a direction, with what was signed of it; the vectors in a file."""
    frames, dimension = [], 0
    for receipt in embedded:
        shard, facts = receipt.shard("embeddings"), signed[receipt.parents[0]].shard("signatures")
        if shard is None or facts is None:
            continue
        table = pool.read(shard, ["row_id", "vector"])
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
        known = frame_of(pool.read(facts, READ))
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
