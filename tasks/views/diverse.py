"""diverse: rows in an order in which each is unlike all before it.

Farthest-point order (T. F. Gonzalez, Theoretical Computer Science 38, 1985): begin with one drawn
by seed, then always take the row whose nearest chosen neighbour is farthest. So the first k, for
any k, are at most twice as crowded as the best k could be. Distance is one minus similarity: of
traces the Jaccard that the MinHash signatures of `dedupe_traces` estimate, good to about 0.04; of
problems the cosine of their embeddings where the pool has these, else the Jaccard by those of
`dedupe`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.pool.jobs import frame_of
from tasks.query.sql import query

if TYPE_CHECKING:
    import duckdb

BUCKET_ROWS = 250_000
"""Traces whose signatures (512 bytes each) are held at once."""

CANDIDATES = """
SELECT problem_id, trace_id, signature FROM ({rows}) r
LEFT JOIN (FROM trace_signatures SELECT row_id AS trace_id, signature) USING (trace_id)
WHERE hash(problem_id) % {buckets} = {bucket}
ORDER BY problem_id, draw, trace_id
"""

PROBLEMS = """
SELECT problem_id, point FROM (SELECT DISTINCT problem_id FROM ({rows})) r
LEFT JOIN (FROM {table} SELECT row_id AS problem_id, {points} AS point) USING (problem_id)
ORDER BY md5('{seed}' || problem_id), problem_id
"""


def rank(connection: "duckdb.DuckDBPyConnection", rows: str, what: str) -> pl.DataFrame:
    """(trace_id, rank) of the traces that a SELECT gives, 0 for the first of each problem.

    rows: SQL with the columns problem_id, trace_id and draw, by which ties are broken.
    """
    count = query(connection, f"SELECT count(*) AS n FROM ({rows})", what)["n"][0].as_py()
    buckets = count // BUCKET_ROWS + 1
    ranked = [pl.DataFrame(schema={"trace_id": pl.String, "rank": pl.Int64})]
    for bucket in range(buckets):
        sql = CANDIDATES.format(rows=rows, buckets=buckets, bucket=bucket)
        frame = frame_of(query(connection, sql, what))
        for _, own in frame.group_by("problem_id", maintain_order=True):
            distances = jaccard_distances(own["signature"])
            order = pl.Series(farthest_first(distances, len(own), len(own)))
            ranked.append(
                pl.DataFrame({"trace_id": own["trace_id"].gather(order)}).with_columns(
                    rank=pl.int_range(len(own), dtype=pl.Int64)
                )
            )
    return pl.concat(ranked)


def rank_problems(
    connection: "duckdb.DuckDBPyConnection", rows: str, n: int, seed: int, what: str
) -> pl.DataFrame:
    """(problem_id, rank) of the problems that a SELECT gives; the first n are ranked, others null.

    Time is n times the problems; memory is a signature (512 bytes) or vector (4 bytes for each
    dimension) per problem.
    """
    embedded = query(connection, "SELECT 1 FROM embeddings LIMIT 1", what).num_rows > 0
    points, table = ("vector", "embeddings") if embedded else ("signature", "signatures")
    sql = PROBLEMS.format(rows=rows, seed=seed, points=points, table=table)
    frame = frame_of(query(connection, sql, what))
    distances = (cosine_distances if embedded else jaccard_distances)(frame["point"])
    order = farthest_first(distances, len(frame), n)
    ranks = pl.Series([None] * len(frame), dtype=pl.Int64).scatter(order, range(len(order)))
    return frame.select("problem_id", rank=ranks)


Distances = Callable[[int], NDArray[np.float32]]
"""From a row to its distances from all rows."""


def jaccard_distances(signatures: pl.Series) -> Distances:
    """Estimates by MinHash signatures (128 uint32 in bytes); a null is unlike all others."""
    packed = b"".join(s if s is not None else bytes(512) for s in signatures)
    matrix = np.frombuffer(packed, "<u4").reshape(len(signatures), -1)
    return lambda row: (matrix != matrix[row]).mean(axis=1, dtype=np.float32)


def cosine_distances(vectors: pl.Series) -> Distances:
    """One minus the cosine of vectors of length 1; a null is unlike all others."""
    known = vectors.drop_nulls()
    size = len(known[0]) if len(known) else 0
    matrix = np.zeros((len(vectors), size), np.float32)
    matrix[vectors.is_not_null().to_numpy()] = known.explode().to_numpy().reshape(-1, size)
    return lambda row: np.maximum(1 - matrix @ matrix[row], 0)


def farthest_first(distances: Distances, rows: int, n: int) -> NDArray[np.int64]:
    """The first n of the rows in farthest-point order; ties go to the earlier row."""
    order = np.zeros(min(n, rows), np.int64)
    nearest = np.full(rows, np.inf, np.float32)  # distance to the nearest chosen row
    for k in range(1, len(order)):
        last = order[k - 1]
        nearest = np.minimum(nearest, distances(int(last)))
        nearest[last] = -1.0
        order[k] = int(nearest.argmax())
    return order
