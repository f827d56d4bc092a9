"""unpaired: answers that are wanted or not, as TRL's KTOTrainer reads them.

`label` is whether the answer is wanted: a correct verdict, or what the view says in
`columns: {label: ...}`. Both are needed for training, so the view's `where` lets both pass.
Format: https://huggingface.co/docs/trl/dataset_formats (unpaired preference, conversational).
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import conversation, thinking, turn, user

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


@view_format("trace", columns={"label": "verdict = 'correct'"})
def unpaired(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from joined rows and their `label`."""
    import polars as pl

    return joined.select(
        prompt=conversation(view, user()),
        completion=pl.concat_list(turn("assistant", thinking())),
        label=pl.col("label").cast(pl.Boolean).fill_null(False),
        **{
            column: pl.col(column)
            for column in "problem_id trace_id teacher source domain level license answer".split()
        },
        tokens=pl.col("tokens"),
    )
