"""figures: pass rates, agreement with labels, how good the published label is."""

from typing import TYPE_CHECKING, Any

from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool, Shard
from tasks.query.sql import connect, query
from tasks.reports.alarms.broken_tests import broken_tests
from tasks.reports.alarms.found import found
from tasks.reports.label_quality import confusion, estimates

if TYPE_CHECKING:
    import duckdb

RATES = """
SELECT g.solver, count(*) AS problems, sum(g.n)::BIGINT AS samples,
  sum(g.correct)::BIGINT AS correct, sum(g.undecided)::BIGINT AS undecided,
  sum(g.unfinished)::BIGINT AS unfinished,
  sum(g.correct) / nullif(sum(g.n) - sum(g.undecided), 0) AS pass_rate,
  count(*) FILTER (difficulty = 'easy') AS easy,
  count(*) FILTER (difficulty = 'medium') AS medium,
  count(*) FILTER (difficulty = 'hard') AS hard,
  count(*) FILTER (difficulty = 'unsolved') AS unsolved
FROM grades g GROUP BY g.solver ORDER BY (g.solver = 'all'), g.solver
"""

AGREEMENT = """
SELECT p.source, t.teacher, t.label, v.verdict, count(*) AS traces
FROM traces t JOIN published v USING (trace_id) JOIN problems p USING (problem_id)
WHERE t.label IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


JUDGES = """
SELECT j.verifier AS judge, v.verdict AS rules, j.verdict AS judged, count(*) AS traces
FROM judged j JOIN rules v USING (trace_id) GROUP BY ALL ORDER BY ALL
"""

SAID = """
SELECT t.teacher, s.confidence::DOUBLE AS confidence, v.verdict = 'correct' AS right
FROM signals s JOIN traces t USING (trace_id) JOIN published v USING (trace_id)
WHERE s.confidence IS NOT NULL AND v.verdict <> 'undecided'
"""


def figures(pool: Pool, tables: dict[str, list[Shard]]) -> dict[str, list[dict[str, Any]]]:
    """Pass rates per solver; verdicts against the recordings' labels, other verifiers, people and
    judges; from these how good the published label is; tests that test nothing; per teacher whether
    what it says of its confidence holds; and what was found, with an example.
    """
    with connect(pool, tables) as connection:
        return {
            "pass_rates": query(connection, RATES, "report").to_pylist(),
            "agreement": query(connection, AGREEMENT, "report").to_pylist(),
            "broken_tests": broken_tests(connection),
            "label_quality": confusion(connection),
            "label": estimates(connection),
            "judges": query(connection, JUDGES, "report").to_pylist(),
            "calibration": _calibration(connection, tables.get("signals", [])),
            "found": found(connection),
        }


def _calibration(
    connection: "duckdb.DuckDBPyConnection", signals: list[Shard]
) -> list[dict[str, Any]]:
    """Per teacher: how many traces state a confidence, and its calibration."""
    from tasks.signals.measuring.calibration import SIGNAL, calibration

    measured = connection.execute("SELECT column_name FROM (DESCRIBE signals)").fetchall()
    if not signals or (SIGNAL,) not in measured:
        return []
    return calibration(frame_of(query(connection, SAID, "report")), "teacher").to_dicts()
