"""midtrain: plain text for continued pre-training, problem and trace in one document."""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import thinking

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


@view_format("trace", turns=False)
def midtrain(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from joined rows (problem and trace columns)."""
    import polars as pl

    return joined.select(
        text=pl.format("{}\n\n{}", pl.col("problem"), thinking()),
        **{
            column: pl.col(column)
            for column in "problem_id trace_id teacher source domain license".split()
        },
        tokens=pl.col("tokens"),
    )
