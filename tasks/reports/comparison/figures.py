"""What a side of a comparison holds, in numbers: SQL over the narrow tables of its pool.

Every row counts as often as the view has it, and so does every trace of a row: the figures are of
what a trainer would read.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.parts.view_format import Per
from tasks.pool.store import Pool
from tasks.query.sql import connect, query
from tasks.reports.comparison.overlap import overlaps
from tasks.reports.comparison.sides import Side
from tasks.reports.cost import cost_of
from tasks.reports.label_quality import error_of

if TYPE_CHECKING:
    import duckdb

BANDS = ("0", "below 1/4", "below 1/2", "below 3/4", "below 1", "1", "unknown")
"""Pass rates; each begins where the one before ends."""

ROWS = "compared_rows"
TRACES = "compared_traces"
"""The side's rows and their traces, as relations of the connection."""

ROW_FIGURES = f"""
SELECT count(DISTINCT problem_id) AS problems, avg(pass_rate) AS pass_rate,
  count(pass_rate) AS known FROM graded JOIN {ROWS} USING (problem_id)
"""

BY_BAND = f"""
SELECT CASE WHEN pass_rate IS NULL THEN 'unknown' WHEN pass_rate = 0 THEN '0'
    WHEN pass_rate < 0.25 THEN 'below 1/4' WHEN pass_rate < 0.5 THEN 'below 1/2'
    WHEN pass_rate < 0.75 THEN 'below 3/4' WHEN pass_rate < 1 THEN 'below 1' ELSE '1' END AS name,
  count(*) AS n FROM graded JOIN {ROWS} USING (problem_id) GROUP BY ALL ORDER BY name
"""

BY_DOMAIN = f"""
SELECT coalesce(domain, 'unknown') AS name, count(*) AS n FROM graded JOIN {ROWS} USING (problem_id)
GROUP BY ALL ORDER BY n DESC, name
"""

TRACE_FIGURES = f"""
SELECT count(DISTINCT trace_id) AS traces,
  sum(coalesce(completion_tokens, tokens, 0))::BIGINT AS tokens,
  median(coalesce(completion_tokens, tokens)) AS median,
  quantile_cont(coalesce(completion_tokens, tokens), 0.95) AS p95,
  max(coalesce(completion_tokens, tokens)) AS longest,
  avg((coalesce(reasoning_chars, 0) > 0)::INT) AS with_thought,
  sum(reasoning_chars) / nullif(sum(reasoning_chars) + sum(response_chars), 0) AS of_text
FROM pool JOIN {TRACES} USING (trace_id)
"""

BY_LENGTH = f"""
SELECT power(2, floor(2 * log2(greatest(coalesce(completion_tokens, tokens), 1))) / 2) AS low,
  count(*) AS traces FROM pool JOIN {TRACES} USING (trace_id)
WHERE coalesce(completion_tokens, tokens) IS NOT NULL GROUP BY ALL ORDER BY low
"""

BY_LANGUAGE = """
SELECT coalesce({language}, 'unknown') AS name, count(*) AS n FROM {of} GROUP BY ALL
ORDER BY n DESC, name
"""

LANGUAGES = ("thought_language", "answer_language", "problem_language")
"""Signals that say the language of a trace: the first that does. Else it is the problem's, as its
source says.
"""

STATEMENTS = f"""
SELECT sum(length(problem) // 4)::BIGINT AS tokens FROM problems JOIN {ROWS} USING (problem_id)
"""
"""Of rows about problems; a view's budgets (`sample: {{tokens: ...}}`) count them so, too."""


def compared(pool: Pool, sides: Sequence[Side]) -> dict[str, Any]:
    """`sides`: what `figures_of` says of each; `overlap`: a row for every two of them."""
    return {
        "pool": pool.url,
        "sides": [figures_of(pool, side) for side in sides],
        "overlap": overlaps({side.name: side.rows for side in sides}),
    }


def figures_of(pool: Pool, side: Side) -> dict[str, Any]:
    """What a side holds.

    rows, problems, traces: how many; of problems and traces each once
    tokens: as a view's budgets count them, of every row
    difficulty: mean `pass_rate` of the rows' problems, of how many rows it is `known`, and rows per
    band; length: of a trace in tokens; domains, languages: rows, and traces, of each (no languages
    where nobody says one)
    thought: the share of traces `with_thought`, and the thought's share of the text (characters)
    label: see `error_of`; cost: see `cost_of`
    What a side without traces cannot have is None or empty.
    """
    with connect(pool, side.tables, side.deciding) as connection:
        traces = side.rows.select(trace_id=pl.col("traces").explode().drop_nulls())
        connection.register(ROWS, side.rows.select("problem_id").to_arrow())
        connection.register(TRACES, traces.to_arrow())
        of_rows = _one(connection, ROW_FIGURES)
        of_traces = _one(connection, TRACE_FIGURES)
        tokens = of_traces["tokens"]
        if side.per == "problem":
            tokens = _one(connection, STATEMENTS)["tokens"]
        bands = _counts(connection, BY_BAND)
        return {
            "side": side.name,
            "origin": side.origin,
            "about": f"{side.per}s",
            "rows": len(side.rows),
            "problems": of_rows["problems"],
            "traces": of_traces["traces"],
            "tokens": tokens or 0,
            "difficulty": {
                "pass_rate": of_rows["pass_rate"],
                "known": of_rows["known"],
                "bands": {band: bands[band] for band in BANDS if band in bands},
            },
            "length": {
                **{name: of_traces[name] for name in ("median", "p95", "longest")},
                "counts": query(connection, BY_LENGTH, "compare").to_pylist(),
            },
            "domains": _counts(connection, BY_DOMAIN),
            "languages": _languages(connection, side.per),
            "thought": {name: of_traces[name] for name in ("with_thought", "of_text")},
            "label": error_of(connection, TRACES),
            "cost": cost_of(connection, ROWS, side.costs),
        }


def _one(connection: "duckdb.DuckDBPyConnection", sql: str) -> dict[str, Any]:
    row: dict[str, Any] = query(connection, sql, "compare").to_pylist()[0]
    return row


def _counts(connection: "duckdb.DuckDBPyConnection", sql: str) -> dict[str, int]:
    return {row["name"]: row["n"] for row in query(connection, sql, "compare").to_pylist()}


def _languages(connection: "duckdb.DuckDBPyConnection", per: Per) -> dict[str, int]:
    """Traces (of rows about problems, rows) per language; nothing where nobody says it."""
    there = {row[0] for row in connection.execute("DESCRIBE pool").fetchall()}
    told = ["language"]
    of = f"graded JOIN {ROWS} USING (problem_id)"
    if per != "problem":
        told = [*(name for name in LANGUAGES if name in there), "language"]
        of = f"pool JOIN {TRACES} USING (trace_id)"
    found = _counts(connection, BY_LANGUAGE.format(language=", ".join(told), of=of))
    return {} if found.keys() <= {"unknown"} else found
