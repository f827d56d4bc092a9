"""What two sides share."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import polars as pl


def overlaps(sides: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """A row `one, other, problems, traces` for every two sides; see `shared` for the last two.

    sides: `problem_id` and `traces` (a list of ids) of every row, by the name of the side. Pure.
    """
    ids = {name: _ids(rows) for name, rows in sides.items()}
    return [
        {
            "one": one,
            "other": other,
            **{unit: shared(ids[one][unit], ids[other][unit]) for unit in ("problems", "traces")},
        }
        for one, other in combinations(sides, 2)
    ]


def shared(one: pl.Series, other: pl.Series) -> dict[str, Any]:
    """How many ids two sets of them share (`both`), as a share of either (`of_one`, `of_other`) and
    of all that there are (`jaccard`); None where there is nothing to have a share of.

    >>> shared(pl.Series(["a", "b"]), pl.Series(["b", "c", "d"]))
    {'both': 1, 'of_one': 0.5, 'of_other': 0.3333333333333333, 'jaccard': 0.25}
    """
    both = int(one.is_in(other.implode()).sum())
    whole = {"of_one": len(one), "of_other": len(other), "jaccard": len(one) + len(other) - both}
    return {"both": both, **{name: both / n if n else None for name, n in whole.items()}}


def _ids(rows: pl.DataFrame) -> dict[str, pl.Series]:
    """The distinct problems and traces of a side."""
    return {
        "problems": rows["problem_id"].unique(),
        "traces": rows["traces"].explode().drop_nulls().unique(),
    }
