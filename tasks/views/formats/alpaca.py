"""alpaca: instruction, input and output, as LLaMA-Factory and Axolotl read them.

Format: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md (alpaca)
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import thinking

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


@view_format("trace")
def alpaca(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """The problem as instruction, the trace as output; the system text beside them, if any."""
    import polars as pl

    return joined.select(
        instruction=pl.col("problem"),
        input=pl.lit(""),
        output=thinking(),
        **({"system": pl.col("system")} if view.system else {}),
        **{column: pl.col(column) for column in "problem_id trace_id source license".split()},
        tokens=pl.col("tokens"),
    )
