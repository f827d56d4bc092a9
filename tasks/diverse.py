"""diverse: the traces of a problem in an order in which each is unlike all before it.

Farthest-point order (T. F. Gonzalez, Theoretical Computer Science 38, 1985): begin with one drawn
by seed, then always take the trace whose nearest chosen neighbour is farthest. So the first k, for
any k, are at most twice as crowded as the best k could be. Distance is one minus the Jaccard
similarity that the MinHash signatures of `dedupe_traces` estimate, good to about 0.04.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.relation import query
from tasks.stage import frame_of

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
            packed = b"".join(s if s is not None else bytes(512) for s in own["signature"])
            signatures = np.frombuffer(packed, "<u4").reshape(len(own), -1)
            order = pl.Series(farthest_first(signatures))
            ranked.append(
                pl.DataFrame({"trace_id": own["trace_id"].gather(order)}).with_columns(
                    rank=pl.int_range(len(own), dtype=pl.Int64)
                )
            )
    return pl.concat(ranked)


def farthest_first(signatures: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The rows (n, permutations) in farthest-point order; ties go to the earlier row."""
    order = np.zeros(len(signatures), np.int64)
    nearest = np.full(len(signatures), np.inf)  # distance to the nearest chosen row
    for k in range(1, len(signatures)):
        last = order[k - 1]
        nearest = np.minimum(nearest, (signatures != signatures[last]).mean(axis=1))
        nearest[last] = -1.0
        order[k] = int(nearest.argmax())
    return order
