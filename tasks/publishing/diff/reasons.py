"""Why rows of a release are not in the next: what the pool that made that one knows of them."""

from typing import TYPE_CHECKING, Any

from tasks.pool.forgotten import forgotten
from tasks.query.sql import connect, query

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from tasks.publishing.diff.sides import Known, Side

KNOWN = ("id", "trace_id", "verdict", "answer")
LINE = ("row_id", "ancestor", "steps")
"""The columns of what the earlier side is asked."""

UNKNOWN = "unknown"
"""Of rows without ids, and where the pool of the later side is not at hand."""

BEFORE = """
SELECT g.id, g.trace_id, v.verdict, p.answer FROM gone g
LEFT JOIN published v USING (trace_id) LEFT JOIN problems p USING (problem_id)
"""

ANCESTORS = """
WITH RECURSIVE edges AS (
  SELECT child, parent FROM lineage UNION SELECT trace_id, problem_id FROM traces
), wanted AS (
  SELECT unnest([problem_id, trace_id]) AS row_id FROM gone
), line AS (
  SELECT DISTINCT row_id, row_id AS ancestor, 0 AS steps FROM wanted WHERE row_id IS NOT NULL
  UNION SELECT line.row_id, e.parent, steps + 1 FROM line JOIN edges e ON e.child = line.ancestor
)
SELECT row_id, ancestor, max(steps) AS steps FROM line
WHERE row_id IN (SELECT child FROM lineage) AND steps > 0 GROUP BY ALL
"""
"""What the rows that left were derived from, and that, and how many steps back it stands."""

WHY = """
WITH rejected AS (SELECT row_id, min(stage || ': ' || reason) AS why FROM rejects GROUP BY row_id),
benchmarked AS (
  SELECT problem_id, min(benchmark) AS benchmark FROM contamination
  WHERE decision = 'drop' GROUP BY problem_id
),
aside AS (
  SELECT a.row_id, min(a.step || ': ' || a.reason) AS set_aside, min(b.benchmark) AS benchmark
  FROM set_aside a
  JOIN decided d ON d.row_id = a.row_id AND d.set_aside = a.step || '.' || a.reason
  LEFT JOIN benchmarked b ON b.problem_id = a.row_id GROUP BY a.row_id
),
orphaned AS (
  SELECT row_id, 'derived from a row that left: ' || max_by(reason, (steps, reason)) AS why FROM (
    SELECT f.row_id, f.steps, CASE
      WHEN f.ancestor IN (SELECT id FROM forgotten) THEN 'forgotten'
      WHEN p.problem_id IS NULL AND t.trace_id IS NULL
        THEN coalesce('not taken in by ' || r.why, 'source gone')
      WHEN a.benchmark IS NOT NULL THEN 'contaminated: ' || a.benchmark
      WHEN a.set_aside IS NOT NULL THEN 'set aside by ' || a.set_aside
      END AS reason
    FROM ancestors f
    LEFT JOIN problems p ON p.problem_id = f.ancestor
    LEFT JOIN traces t ON t.trace_id = f.ancestor
    LEFT JOIN rejected r ON r.row_id = f.ancestor
    LEFT JOIN aside a ON a.row_id = f.ancestor
  ) WHERE reason IS NOT NULL GROUP BY row_id
),
told AS (
  SELECT g.id, CASE
    WHEN g.problem_id IN (SELECT id FROM forgotten) OR g.trace_id IN (SELECT id FROM forgotten)
      THEN 'forgotten'
    WHEN g.problem_id IS NOT NULL AND p.problem_id IS NULL
      THEN coalesce('not taken in by ' || rp.why, op.why, 'source gone')
    WHEN g.trace_id IS NOT NULL AND t.trace_id IS NULL
      THEN coalesce('not taken in by ' || rt.why, ot.why, 'source gone')
    WHEN coalesce(of_p.benchmark, of_t.benchmark) IS NOT NULL
      THEN 'contaminated: ' || coalesce(of_p.benchmark, of_t.benchmark)
    WHEN coalesce(of_p.set_aside, of_t.set_aside) IS NOT NULL
      THEN 'set aside by ' || coalesce(of_p.set_aside, of_t.set_aside)
    WHEN w.verdict <> v.verdict
      THEN 'label corrected: ' || w.verdict || ' -> ' || v.verdict
    WHEN g.trace_id IS NULL AND w.answer <> p.answer
      THEN 'label corrected: gold answer'
    END AS reason
  FROM gone g
  LEFT JOIN problems p ON p.problem_id = g.problem_id
  LEFT JOIN traces t ON t.trace_id = g.trace_id
  LEFT JOIN rejected rp ON rp.row_id = g.problem_id
  LEFT JOIN rejected rt ON rt.row_id = g.trace_id
  LEFT JOIN orphaned op ON op.row_id = g.problem_id
  LEFT JOIN orphaned ot ON ot.row_id = g.trace_id
  LEFT JOIN aside of_p ON of_p.row_id = g.problem_id
  LEFT JOIN aside of_t ON of_t.row_id = g.trace_id
  LEFT JOIN was w ON w.id = g.id AND w.trace_id IS NOT DISTINCT FROM g.trace_id
  LEFT JOIN published v ON v.trace_id = g.trace_id
)
SELECT id, coalesce(min(reason), 'no longer selected') AS reason FROM told GROUP BY id
"""
"""A pair has two traces: the word that is told counts, not that nothing is told of the other."""


def reasons(before: "Side", after: "Side", removed: "pa.Table") -> dict[str, str]:
    """Why each row left, by its id, the first that holds: forgotten, not taken in, derived from a
    row that left, source gone, contaminated, set aside by a step, label corrected, no longer
    selected.

    removed: `id` and `problem_id` (null: not told) of rows of `before` that `after` has not
    """
    import pyarrow as pa

    ids: list[str] = removed.column("id").to_pylist()
    if not ids or after.known is None:
        return dict.fromkeys(ids, UNKNOWN)
    problems: list[str | None] = removed.column("problem_id").to_pylist()
    gone = pa.Table.from_pylist(
        [
            {"id": one, "problem_id": problem, "trace_id": trace}
            for one, problem in zip(ids, problems, strict=True)
            for trace in _traces(one, problem)
        ],
        pa.schema([(name, pa.string()) for name in ("id", "problem_id", "trace_id")]),
    )
    was, line = (
        _asked(before.known, sql, gone=gone) if before.known else _nothing(*columns)
        for sql, columns in ((BEFORE, KNOWN), (ANCESTORS, LINE))
    )
    never = pa.table({"id": pa.array(sorted(forgotten(after.known.pool).ids), pa.string())})
    rows = _asked(after.known, WHY, gone=gone, was=was, forgotten=never, ancestors=line).to_pylist()
    return {row["id"]: row["reason"] for row in rows}


def _traces(one: str, problem: str | None) -> list[str | None]:
    """The traces that a row's id names; none where it is its problem's.

    >>> _traces("a1/b2", "c3"), _traces("c3", "c3")
    (['a1', 'b2'], [None])
    """
    return [None] if one == problem else [*one.split("/")]


def _asked(known: "Known", sql: str, **given: "pa.Table") -> "pa.Table":
    """What a version's tables say of the rows that are given."""
    deciding = known.version.content["deciding"]
    connection: duckdb.DuckDBPyConnection
    with connect(known.pool, known.version.tables(), deciding) as connection:
        for name, table in given.items():
            connection.register(name, table)
        return query(connection, sql, "diff")


def _nothing(*names: str) -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array([], pa.string()) for name in names})
