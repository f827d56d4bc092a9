"""Overrides: what a person decided about hits, read from a file that this person edits.

YAML (a list) or CSV with the columns `problem_id`, `decision`, and optionally `benchmark`, `item`
and `note`; other columns of a CSV are ignored, so that a list of hits can be edited in place. A row
without `benchmark` or `item` speaks of all of them; of several that fit the last one counts.
"""

import csv
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from pydantic import Field, ValidationError

from schemas import yaml_text
from schemas.errors import RecipeError
from schemas.rows import Strict
from schemas.tables import CONTAMINATION
from tasks.contamination.options import Decision
from tasks.pool.parquet import nothing


class Override(Strict):
    """One decision of a person."""

    problem_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    decision: Decision
    benchmark: str | None = None
    item: str | None = None
    note: str | None = None


def load(path: Path) -> list[Override]:
    """The overrides of a file, in order. Raises RecipeError naming the file and the row."""
    try:
        text = path.read_text("utf-8-sig")
        rows = _csv(text) if path.suffix == ".csv" else yaml_text.load(text) or []
    except (OSError, ValueError, yaml.YAMLError, csv.Error) as error:
        raise RecipeError(f"{path}: overrides cannot be read: {error}") from None
    if not isinstance(rows, list):
        raise RecipeError(f"{path}: overrides are a list of rows with problem_id and decision")
    found = []
    for number, row in enumerate(rows, 2 if path.suffix == ".csv" else 1):
        try:
            found.append(Override.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "row"
            raise RecipeError(f"{path}: row {number}: {place}: {first['msg']}") from None
    return found


def _csv(text: str) -> list[dict[str, Any]]:
    known = Override.model_fields
    rows = csv.DictReader(text.splitlines())
    return [{k: v for k, v in row.items() if k in known and v} for row in rows]


def apply(hits: pl.DataFrame, overrides: list[Override], add: bool = False) -> pl.DataFrame:
    """The hits with what people decided.

    With `add`, a `drop` that fits no hit becomes one of its own (test `override`): a person may
    know more than the tests.
    """
    for one in overrides:
        fits = pl.col("problem_id") == one.problem_id
        if one.benchmark is not None:
            fits &= pl.col("benchmark") == one.benchmark
        if one.item is not None:
            fits &= pl.col("item_id") == one.item
        if add and one.decision == "drop" and hits.filter(fits).is_empty():
            hits = pl.concat([hits, _known(one)])
        hits = hits.with_columns(
            decision=pl.when(fits).then(pl.lit(one.decision)).otherwise("decision"),
            decided_by=pl.when(fits).then(pl.lit("override")).otherwise("decided_by"),
            note=pl.when(fits & pl.lit(one.note is not None))
            .then(pl.lit(one.note))
            .otherwise("note"),
        )
    return hits


def _known(one: Override) -> pl.DataFrame:
    row: dict[str, Any] = dict.fromkeys(CONTAMINATION.names)
    row |= {"problem_id": one.problem_id, "place": "problem", "test": "override"}
    row |= {"benchmark": one.benchmark or "", "item_id": one.item or ""}
    row |= {"decision": one.decision, "decided_by": "override"}
    frame = pl.from_arrow(nothing(CONTAMINATION))
    assert isinstance(frame, pl.DataFrame)
    return pl.DataFrame([row], schema=frame.schema)
