"""The figures of the report: SQL over the narrow tables, and a few rows in full."""

from typing import TYPE_CHECKING, Any

from tasks.pool.store import Pool
from tasks.publishing.versions import latest
from tasks.query.sql import query

if TYPE_CHECKING:
    import duckdb

ROWS = 10
"""Rows that are shown in full."""
EXAMPLES = 4
"""Duplicates and contaminated problems that are shown."""

POINTS = 50
"""Steps of a difficulty curve, whatever the number of problems."""

BY = """
SELECT coalesce({column}, '(none)') AS name, count(*) AS traces,
  count(*) FILTER (verdict = 'correct') AS correct,
  count(*) FILTER (verdict = 'undecided') AS undecided,
  count(*) FILTER (verdict IS NULL) AS unjudged,
  count(*) FILTER (state IN ('truncated', 'unclosed')) AS cut,
  count(*) FILTER (coalesce(reasoning_chars, 0) > 0) AS thought,
  median(tokens) AS median_tokens, quantile_cont(tokens, 0.95) AS p95_tokens
FROM pool GROUP BY ALL ORDER BY traces DESC, name
"""

LENGTHS = """
SELECT coalesce(verdict, 'not judged') AS verdict,
  power(2, floor(2 * log2(greatest(tokens, 1))) / 2) AS low, count(*) AS traces
FROM pool WHERE tokens IS NOT NULL GROUP BY ALL ORDER BY ALL
"""

DIFFICULTY = """
SELECT solver, unnest(range({n} + 1)) / {n} AS share,
  unnest(quantile_disc(pass_rate, list_transform(range({n} + 1), lambda i: i / {n}))) AS pass_rate
FROM grades WHERE pass_rate IS NOT NULL GROUP BY solver HAVING count(*) > 1
ORDER BY solver, share
"""

DUPLICATES = """
SELECT d.jaccard, a.problem AS one, b.problem AS other FROM duplicates d
JOIN problems a ON a.problem_id = d.row_id JOIN problems b ON b.problem_id = d.duplicate_of
ORDER BY d.row_id LIMIT {n}
"""

CONTAMINATION = """
SELECT benchmark, test, decision, score, overlap, left(text, 1200) AS text, left(item, 1200) AS item
FROM contamination WHERE decision <> 'keep' AND trace_id IS NULL
ORDER BY decision, problem_id, item_id LIMIT {n}
"""

DECISIONS = """
SELECT benchmark, decision, count(DISTINCT problem_id) AS problems FROM contamination
GROUP BY ALL ORDER BY ALL
"""

SIDES = """
SELECT min(trace_id) FILTER (verdict = 'correct') AS good,
  min(trace_id) FILTER (verdict = 'incorrect' AND reason LIKE 'differ.%') AS bad
FROM pool WHERE state = 'complete' AND set_aside IS NULL GROUP BY problem_id
HAVING good IS NOT NULL AND bad IS NOT NULL ORDER BY problem_id LIMIT 1
"""
"""The same problem answered right and wrong: traces that are finished, and differ in the answer."""

TOLD = """
SELECT problem, verdict, teacher, extracted, reasoning, response FROM pool
WHERE trace_id = '{id}'
"""
"""Asked for one id at a time: a join, and a list of ids, read every text."""

# Ids are hashes, so the smallest ones are a random sample, and the same one every time.
DRAWN = """
SELECT trace_id, teacher, state, verdict, reason, extracted, answer, problem, source, reasoning,
  response FROM pool WHERE trace_id IN ({ids}) ORDER BY trace_id
"""


def figures_of(connection: "duckdb.DuckDBPyConnection", pool: Pool) -> dict[str, Any]:
    """What the report shows beside `report.json`: the gates of the latest version, breakdowns,
    lengths, difficulty, examples, a problem answered right and wrong, drawn rows.
    """

    def ask(sql: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = query(connection, sql, "report").to_pylist()
        return rows

    view, ids = _drawn(ask, list(pool.manifest.get("views", {})))
    version = latest(pool)
    listed = ", ".join(f"'{one}'" for one in ids) or "''"
    sides = [one for row in ask(SIDES) for one in (row["good"], row["bad"])]
    return {
        "gates": version.content.get("gates", []) if version else [],
        "by": {column: ask(BY.format(column=column)) for column in ("domain", "source", "teacher")},
        "all": next(iter(ask(BY.format(column="''"))), None),
        "lengths": ask(LENGTHS),
        "difficulty": ask(DIFFICULTY.format(n=POINTS)),
        "duplicates": ask(DUPLICATES.format(n=EXAMPLES)),
        "contamination": ask(CONTAMINATION.format(n=EXAMPLES)),
        "benchmarks": ask(DECISIONS),
        "sides": [row for one in sides for row in ask(TOLD.format(id=one))],
        "drawn_from": view,
        "drawn": ask(DRAWN.format(ids=listed)),
    }


def _drawn(ask: Any, views: list[str]) -> tuple[str, list[str]]:
    """Ten traces of the first view that holds traces; of the pool where none does."""
    for view in views:
        columns = [row["column_name"] for row in ask(f'DESCRIBE "view_{view}"')] if view else []
        if "trace_id" in columns:
            rows = ask(f'SELECT DISTINCT trace_id FROM "view_{view}" ORDER BY 1 LIMIT {ROWS}')
            if rows:
                return f"view {view}", [row["trace_id"] for row in rows]
    rows = ask(f"SELECT trace_id FROM traces ORDER BY 1 LIMIT {ROWS}")
    return "pool", [row["trace_id"] for row in rows]
