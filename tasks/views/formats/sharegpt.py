"""sharegpt: conversations of `from` and `value`, as LLaMA-Factory and Axolotl read them.

Format: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md (sharegpt)
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import thinking

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


@view_format("trace")
def sharegpt(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """The problem from a human, the trace from gpt; the system text beside them, if any."""
    import polars as pl

    def said(who: str, value: "pl.Expr") -> "pl.Expr":
        return pl.struct(value.alias("value"), pl.lit(who).alias("from"))

    return joined.select(
        conversations=pl.concat_list(said("human", pl.col("problem")), said("gpt", thinking())),
        **({"system": pl.col("system")} if view.system else {}),
        **{column: pl.col(column) for column in "problem_id trace_id source license".split()},
        tokens=pl.col("tokens"),
    )
