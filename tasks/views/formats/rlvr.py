"""rlvr: problems with a checkable answer, under the names that TRL and verl read.

TRL's GRPOTrainer takes `prompt` (a conversation) and hands every other column to the reward
functions (`answer`, `solution`). verl reads `data_source`, `prompt`, `ability`, `reward_model`
(style and ground truth) and `extra_info`. Both get what `verifiers.adapters` needs for a kind that
an answer alone does not settle (code, constraints): `answer_kind` and `tests`.
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import conversation, user

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


@view_format("problem")
def rlvr(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from problem rows with their grade."""
    import polars as pl

    return joined.select(
        prompt=conversation(view, user()),
        answer=pl.col("answer"),
        solution=pl.col("answer"),
        answer_kind=pl.col("answer_kind"),
        tests=pl.col("tests"),
        pass_rate=pl.col("pass_rate"),
        samples=pl.col("n"),
        difficulty=pl.col("difficulty"),
        data_source=pl.col("source"),
        ability=pl.col("domain"),
        reward_model=pl.struct(style=pl.lit("rule"), ground_truth=pl.col("answer")),
        extra_info=pl.struct(
            split=pl.col("split"),
            problem_id=pl.col("problem_id"),
            level=pl.col("level"),
            problem=pl.col("problem"),
            answer_kind=pl.col("answer_kind"),
            tests=pl.col("tests"),
        ),
        problem_id=pl.col("problem_id"),
        license=pl.col("license"),
    )
