"""The funnel: for every step rows in = rows out + rows set aside, or the build stops."""

from typing import Any

from schemas.errors import PoolError
from tasks.pool.store import Receipt

DEFECT = (
    "the funnel does not add up: {}. This is a defect of longcot; please report it with the recipe"
)


def funnel_row(stage: str, label: str, what: str, *passes: list[Receipt]) -> dict[str, Any]:
    """One line of the funnel, summed over the receipts of each pass; what one pass lets out the
    next takes in. Raises PoolError if it does not add up.
    """
    line: dict[str, int] = {}
    for counts in (total(receipts) for receipts in passes if receipts):
        if line:
            if counts.pop("in") != line["out"]:
                raise PoolError(f"{stage} {label}: {DEFECT.format('a pass lost rows')}")
            line["out"] = 0
        for name, count in counts.items():
            line[name] = line.get(name, 0) + count
    return funnel_line(stage, label, what, line)


def total(receipts: list[Receipt]) -> dict[str, int]:
    """The counts of receipts, added up."""
    counts: dict[str, int] = {}
    for receipt in receipts:
        for name, count in receipt.counts.items():
            counts[name] = counts.get(name, 0) + count
    return counts


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
        found = f"{rows_in} rows in, {rows_out} out, {aside} set aside"
        raise PoolError(f"{stage} {label}: {DEFECT.format(found)}")
    return {
        "stage": stage, "label": label, "rows": what, "in": rows_in, "out": rows_out,
        "aside": aside, "notes": notes,
    }  # fmt: skip
