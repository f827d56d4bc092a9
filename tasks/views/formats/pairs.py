"""pairs: a winner and a loser of the same problem, as TRL's DPOTrainer reads them.

`prompt`, `chosen` and `rejected` are conversations; `rejected_reason` says why the loser loses.
Format: https://huggingface.co/docs/trl/dataset_formats (preference, conversational).
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import conversation, thinking, turn, user

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


@view_format("pair")
def pairs(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from joined rows (problem, trace and `rejected_`-prefixed columns)."""
    import polars as pl

    def answer(prefix: str) -> "pl.Expr":
        return pl.concat_list(turn("assistant", thinking(prefix)))

    return joined.select(
        prompt=conversation(view, user()),
        chosen=answer(""),
        rejected=answer("rejected_"),
        problem_id=pl.col("problem_id"),
        chosen_id=pl.col("trace_id"),
        rejected_id=pl.col("rejected_id"),
        chosen_teacher=pl.col("teacher"),
        rejected_teacher=pl.col("rejected_teacher"),
        rejected_reason=pl.col("rejected_reason"),
        source=pl.col("source"),
        domain=pl.col("domain"),
        license=pl.col("license"),
        answer=pl.col("answer"),
        tokens=pl.col("tokens"),
    )
