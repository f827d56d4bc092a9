"""sft: one conversation per row, as TRL's SFTTrainer (and most others) read it.

`messages` is [{role, content}]; the reasoning stands in <think> tags in the answer, or, with
`reasoning: field`, apart in `reasoning_content`, the key that Qwen3's and vLLM's templates read.
Format: https://huggingface.co/docs/trl/dataset_formats (language modelling, conversational).
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View


def thinking(prefix: str = "") -> "pl.Expr":
    """The answer as a model would write it: thought in tags, then the response."""
    import polars as pl

    reasoning, response = pl.col(f"{prefix}reasoning"), pl.col(f"{prefix}response").fill_null("")
    tagged = pl.format("<think>\n{}\n</think>\n\n{}", reasoning, response)
    return pl.when(reasoning.is_null()).then(response).otherwise(tagged)


def turn(role: str, content: "pl.Expr", **more: "pl.Expr") -> "pl.Expr":
    """A message."""
    import polars as pl

    return pl.struct(
        pl.lit(role).alias("role"),
        content.alias("content"),
        *(value.alias(key) for key, value in more.items()),
    )


def conversation(view: "View", *turns: "pl.Expr", **more: "pl.Expr") -> "pl.Expr":
    """Messages, behind the view's system message where it has one. `more`: further keys of it."""
    import polars as pl

    if not view.system:
        return pl.concat_list(*turns)
    said = pl.concat_list(turn("system", pl.col("system"), **more), *turns)
    unsaid = pl.element().struct.field("content").is_not_null()
    return said.list.eval(pl.element().filter(unsaid))


def user() -> "pl.Expr":
    """The problem as the user's turn."""
    import polars as pl

    return turn("user", pl.col("problem"))


@view_format("trace")
def sft(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from joined rows (problem and trace columns)."""
    import polars as pl

    if view.reasoning == "field":
        unthought = {"reasoning_content": pl.lit(None, pl.String)}
        question = turn("user", pl.col("problem"), **unthought)
        response = pl.col("response").fill_null("")
        answer = turn("assistant", response, reasoning_content=pl.col("reasoning"))
        messages = conversation(view, question, answer, **unthought)
    else:
        messages = conversation(view, user(), turn("assistant", thinking()))
    return joined.select(
        messages=messages,
        **{
            column: pl.col(column)
            for column in "problem_id trace_id teacher source domain level license answer".split()
        },
        tokens=pl.col("tokens"),
    )
