"""The conditions of measurement: who wrote the traces, how they were drawn, what was read."""

from typing import Any

from schemas.recipe.teachers import Live
from tasks.pool.build import Build
from tasks.pool.store import Shard
from tasks.query.sql import connect, query

MOST = 200
"""Lines of each table; a recording may name thousands of parameters."""

DRAWN = f"""
SELECT teacher, prompt, params, count(*) AS traces, count(DISTINCT problem_id) AS problems,
  max(completion_tokens) AS longest, count(*) FILTER (state = 'truncated') AS cut,
  bool_or(hinted) AS hinted
FROM traces GROUP BY ALL ORDER BY traces DESC, teacher, prompt, params LIMIT {MOST}
"""

SOURCES = """
SELECT p.source, p.license, count(*) AS problems,
  count(*) FILTER (a.set_aside IS NULL) AS kept
FROM problems p LEFT JOIN decided a ON a.row_id = p.problem_id
GROUP BY ALL ORDER BY problems DESC, source, license
"""

LENGTHS = """
SELECT teacher, count(*) AS traces, median(tokens) AS median, quantile_cont(tokens, 0.95) AS p95,
  max(tokens) AS longest
FROM pool WHERE tokens IS NOT NULL GROUP BY ALL ORDER BY traces DESC, teacher
"""

BENCHMARKS = """
SELECT benchmark, test, decision, count(DISTINCT problem_id) AS problems
FROM contamination GROUP BY ALL ORDER BY ALL
"""


def measured(build: Build, tables: dict[str, list[Shard]]) -> dict[str, Any]:
    """`drawn`, `sources`, `lengths`, `benchmarks`: rows each; `teachers`: the recipe's, without
    addresses and keys.
    """
    with connect(build.pool, tables, list(build.done.deciding)) as connection:
        found = {
            name: query(connection, sql, "version").to_pylist()
            for name, sql in (
                ("drawn", DRAWN),
                ("sources", SOURCES),
                ("lengths", LENGTHS),
                ("benchmarks", BENCHMARKS),
            )
        }
    return {**found, "teachers": [_said(teacher) for teacher in build.teachers]}


def _said(teacher: Any) -> dict[str, Any]:
    """What a recipe says of a teacher that others may know."""
    if isinstance(teacher, Live):
        weights = teacher.vllm.path if teacher.vllm else None
        return {
            "name": teacher.name,
            "model": teacher.model,
            "weights": weights,
            "prompt": list(teacher.prompt),
            "samples": teacher.samples.model_dump(mode="json"),
            "sampling": teacher.sent(),
        }
    return {"name": teacher.name, "hub": teacher.hub, "revision": teacher.revision}
