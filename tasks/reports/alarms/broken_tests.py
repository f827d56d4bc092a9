"""Tests that test nothing, or do not work, by source: public code sets hold whole sources of them.

`screen` finds them where the problem has a solution of its own to try, `verify` where a trace
passed tests that any program passes.
"""

from typing import TYPE_CHECKING, Any

from tasks.query.sql import query

if TYPE_CHECKING:
    import duckdb

FOUND = """
WITH found AS (
  SELECT row_id AS problem_id, detail FROM set_aside WHERE reason = 'broken_tests'
  UNION ALL
  SELECT t.problem_id, r.extracted AS detail FROM rules r JOIN traces t USING (trace_id)
  WHERE r.reason = 'undecided.broken_tests'
), each AS (
  SELECT problem_id, bool_or(contains(detail, 'vacuous: ')) AS vacuous FROM found GROUP BY ALL
)
SELECT p.source, count(*) AS problems, count(e.problem_id) AS broken,
  count(*) FILTER (e.vacuous) AS vacuous
FROM problems p LEFT JOIN each e USING (problem_id) WHERE p.answer_kind = 'code'
GROUP BY ALL HAVING count(e.problem_id) > 0 ORDER BY count(e.problem_id) / count(*) DESC, p.source
"""


def broken_tests(connection: "duckdb.DuckDBPyConnection") -> list[dict[str, Any]]:
    """Per source with such tests: code problems, those whose tests are `broken`, and `vacuous`."""
    rows: list[dict[str, Any]] = query(connection, FOUND, "report").to_pylist()
    return rows
