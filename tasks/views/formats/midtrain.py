"""midtrain: plain text for continued pre-training, problem and trace in one document."""

import polars as pl

from schemas.recipe import View
from tasks.views.formats.sft import thinking

ROLES = ("trace",)


def rows(joined: pl.DataFrame, view: View) -> pl.DataFrame:
    """Training rows from joined rows (problem and trace columns)."""
    return joined.select(
        text=pl.format("{}\n\n{}", pl.col("problem"), thinking()),
        **{
            column: pl.col(column)
            for column in "problem_id trace_id teacher source domain license".split()
        },
        tokens=pl.col("tokens"),
    )
