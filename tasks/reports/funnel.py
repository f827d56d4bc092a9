"""report: the funnel that adds up, pass rates, agreement with labels, where the shards lie."""

from typing import Any

from schemas.errors import PoolError
from tasks.pool.store import Pool, Receipt, Shard
from tasks.query.sql import connect, query
from tasks.verdicts.label_quality import confusion, estimates


def funnel_row(stage: str, label: str, what: str, receipts: list[Receipt]) -> dict[str, Any]:
    """One line of the funnel, summed over receipts. Raises PoolError if it does not add up."""
    counts: dict[str, int] = {}
    for receipt in receipts:
        for name, count in receipt.counts.items():
            counts[name] = counts.get(name, 0) + count
    return funnel_line(stage, label, what, counts)


def funnel_line(stage: str, label: str, what: str, counts: dict[str, int]) -> dict[str, Any]:
    """One line of the funnel from its counts. Raises PoolError if it does not add up."""
    aside = {
        name.removeprefix("aside."): count
        for name, count in sorted(counts.items())
        if name.startswith("aside.") and count
    }
    notes = {
        name: count
        for name, count in sorted(counts.items())
        if name not in ("in", "out") and not name.startswith("aside.") and count
    }
    rows_in, rows_out = counts.get("in", 0), counts.get("out", 0)
    if rows_in != rows_out + sum(aside.values()):
        raise PoolError(
            f"{stage} {label}: the funnel does not add up: {rows_in} rows in, {rows_out} out, "
            f"{aside} set aside. This is a defect of longcot; please report it with the recipe"
        )
    return {
        "stage": stage, "label": label, "rows": what, "in": rows_in, "out": rows_out,
        "aside": aside, "notes": notes,
    }  # fmt: skip


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


def figures(pool: Pool, tables: dict[str, list[Shard]]) -> dict[str, list[dict[str, Any]]]:
    """Pass rates per solver; verdicts against the recordings' labels, other verifiers, people and
    judges; and from these how good the published label is.
    """
    with connect(pool, tables) as connection:
        return {
            "pass_rates": query(connection, RATES, "report").to_pylist(),
            "agreement": query(connection, AGREEMENT, "report").to_pylist(),
            "label_quality": confusion(connection),
            "label": estimates(connection),
            "judges": query(connection, JUDGES, "report").to_pylist(),
        }
