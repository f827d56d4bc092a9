"""kin: rows that a step derived, with all their ancestors.

A rewrite is near to what it was rewritten from, by intent: unless told, the two are no duplicates.
Siblings are compared like any other rows.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.tables import LINEAGE
from tasks.pool.jobs import Done, frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt

PAIR = ("child", "parent")


class Kin(NamedTuple):
    """Where descent is told: the receipts of `lineage`, and of problems that steps derived (whose
    `parent_id` is a problem where `lineage` names a trace).
    """

    lineage: list[Receipt]
    problems: list[Receipt]

    @property
    def stamp(self) -> list[object]:
        """For the key of a job: nothing where no step derived anything."""
        keys = [receipt.key for receipt in (*self.lineage, *self.problems)]
        return [keys] if keys else []


def kin_of(done: Done, ancestors: bool) -> Kin:
    """The descent that counts; none where rows are compared with their ancestors, too."""
    lineage = [] if ancestors else done.of("lineage")
    steps = {receipt.stage for receipt in lineage}
    return Kin(lineage, [receipt for receipt in done.problems if receipt.stage in steps])


def pairs(pool: Pool, kin: Kin) -> pl.DataFrame:
    """Every derived row (`child`) with each of its ancestors (`parent`)."""
    told = [nothing(LINEAGE).select(PAIR)]
    told += [pool.read(receipt.whole("lineage"), list(PAIR)) for receipt in kin.lineage]
    own = [pool.read(r.whole("problems"), ["problem_id", "parent_id"]) for r in kin.problems]
    told += [table.rename_columns(PAIR) for table in own]
    direct = pl.concat([frame_of(table) for table in told]).drop_nulls().unique()
    return closure(direct)


def closure(direct: pl.DataFrame) -> pl.DataFrame:
    """Rows (child, parent) with the parents' parents, and theirs. A circle ends the walk."""
    found = fresh = direct
    further = direct.rename({"child": "parent", "parent": "grandparent"})
    while len(fresh):
        made = fresh.join(further, on="parent").select("child", parent="grandparent")
        fresh = made.unique().join(found, on=list(PAIR), how="anti")
        found = pl.concat([found, fresh])
    return found


def codes(ids: pl.Series, related: pl.DataFrame) -> NDArray[np.int64]:
    """The pairs among these ids as sorted numbers, for `akin`: smaller place * ids + larger."""
    places = pl.DataFrame({"id": ids, "at": np.arange(len(ids))})
    both = related.join(places, left_on="child", right_on="id").join(
        places, left_on="parent", right_on="id", suffix="_parent"
    )
    pair = np.sort(both.select("at", "at_parent").to_numpy().astype(np.int64).reshape(-1, 2))
    return np.unique(pair[:, 0] * len(ids) + pair[:, 1])
