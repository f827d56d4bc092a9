"""Rows of several roles: each trace stands in one row at most, the best combinations first."""

from collections.abc import Iterable

import polars as pl


def greedy(candidates: pl.DataFrame, roles: Iterable[str], keep: int | None) -> pl.DataFrame:
    """Of combinations, best first within a problem, those of which no trace is taken yet.

    candidates: problem_id, trace_id of the leading role and `<role>_id` of the others
    keep: at most so many rows per problem
    """
    columns = ["problem_id", "trace_id", *(f"{role}_id" for role in roles)]
    taken: set[str] = set()
    rows: dict[str, int] = {}
    chosen: list[int] = []
    for at, (problem, *traces) in enumerate(candidates.select(columns).iter_rows()):
        if rows.get(problem, 0) == keep or not taken.isdisjoint(traces):
            continue
        taken.update(traces)
        rows[problem] = rows.get(problem, 0) + 1
        chosen.append(at)
    return candidates[chosen]
