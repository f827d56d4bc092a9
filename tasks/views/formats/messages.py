"""messages: conversations as the view writes them, from one trace or from the traces of its roles.

A text names columns of the row (`problem`, `answer`, what the view carries in `columns`) and the
parts of a trace: `response`, `reasoning`, `text` (both, the thought in tags) and `teacher`; where
there are roles, those of each: `wrong.response`. A text that comes out empty is no message.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas.parts.view_format import view_format
from tasks.views.formats.sft import thinking
from tasks.views.templates import rendered

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View

PARTS = ("trace_id", "teacher", "reasoning", "response", "text")
"""What a role has."""


@view_format("trace")
def messages(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from joined rows. Raises LongcotError where a text cannot be rendered."""
    import polars as pl

    lead, *others = view.sides() or [""]
    prefixes = {lead: "", **{role: f"{role}_" for role in others}}
    roles = {role: PARTS for role in prefixes if role}
    whole = joined.with_columns(**{f"{side}text": thinking(side) for side in prefixes.values()})

    def rows() -> Iterator[dict[str, Any]]:
        for row in whole.iter_rows(named=True):
            yield row | {
                role: {part: row[prefixes[role] + part] for part in PARTS} for role in roles
            }

    texts = [
        rendered(("messages", at), one.content, rows(), [*whole.columns, *roles], roles)
        for at, one in enumerate(view.messages)
    ]
    said = [
        [
            {"role": one.role, "content": text}
            for one, text in zip(view.messages, row, strict=True)
            if text
        ]
        for row in zip(*texts, strict=True)
    ]
    turn = pl.Struct({"role": pl.String, "content": pl.String})
    return joined.select(
        messages=pl.Series(said, dtype=pl.List(turn)),
        **{f"{role}_id": pl.col(f"{role}_id") for role in others},
        **{
            column: pl.col(column)
            for column in "problem_id trace_id teacher source domain level license answer".split()
        },
        tokens=pl.col("tokens"),
    )
