"""lineage: what was made from a contaminated problem is contaminated."""

import polars as pl

from tasks.contamination import overrides
from tasks.contamination.benchmark_index import EMPTY
from tasks.contamination.overrides import Override


def inherited(family: pl.DataFrame, found: pl.DataFrame, people: list[Override]) -> pl.DataFrame:
    """The hits that problems inherit from their parents, and these from theirs.

    A child inherits the strongest decision among its parent's hits, unless one of its own is as
    strong; a person's decision on the child counts for it and for what was made from it. Parents
    that are not in the pool, and circles, end the walk.
    """
    found = found.filter(pl.col("trace_id").is_null())
    fresh, made = found, [EMPTY]
    while len(fresh := strongest(fresh.filter(pl.col("decision") != "keep"))):
        told = fresh.select("benchmark", "item_id", "item", "decision", parent_id="problem_id")
        held = strongest(pl.concat([found, *made])).select("problem_id", held="strength")
        children = family.join(told, on="parent_id").join(held, on="problem_id", how="left")
        children = children.filter(pl.col("held").fill_null(-1) < STRENGTH)
        rows = children.select(
            "problem_id", "benchmark", "item_id", "item", "decision",
            place=pl.lit("parent"), test=pl.lit("lineage"), decided_by=pl.lit("thresholds"),
            note="parent_id",
        )  # fmt: skip
        fresh = pl.concat([EMPTY, rows], how="diagonal")
        fresh = overrides.apply(fresh, people)
        made.append(fresh)
    return pl.concat(made).sort("problem_id", "benchmark", "item_id")


STRENGTH = pl.col("decision").replace_strict(
    {"keep": 0, "review": 1, "drop": 2}, return_dtype=pl.Int8
)


def strongest(found: pl.DataFrame) -> pl.DataFrame:
    """Of each problem's hits the one with the strongest decision, then the highest score."""
    ranked = found.with_columns(strength=STRENGTH)
    by = ["strength", "score", "benchmark", "item_id"]
    ranked = ranked.sort(by, descending=[True, True, False, False], nulls_last=True)
    return ranked.unique("problem_id", keep="first", maintain_order=True)
