"""sft: one conversation per row, as TRL's SFTTrainer (and most others) read it.

`messages` is [{role, content}]; the reasoning stands in <think> tags in the answer, or, with
`reasoning: field`, apart in `reasoning_content`, the key that Qwen3's and vLLM's templates read.
Format: https://huggingface.co/docs/trl/dataset_formats (language modelling, conversational).
"""

from typing import TYPE_CHECKING

from schemas.parts.view_format import view_format

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe import View


def thinking(prefix: str = "") -> "pl.Expr":
    """The answer as a model would write it: thought in tags, then the response."""
    import polars as pl

    reasoning, response = pl.col(f"{prefix}reasoning"), pl.col(f"{prefix}response").fill_null("")
    tagged = pl.format("<think>\n{}\n</think>\n\n{}", reasoning, response)
    return pl.when(reasoning.is_null()).then(response).otherwise(tagged)


def user() -> "pl.Expr":
    """The problem as the user's turn."""
    import polars as pl

    return pl.struct(role=pl.lit("user"), content=pl.col("problem"))


@view_format("trace")
def sft(joined: "pl.DataFrame", view: "View") -> "pl.DataFrame":
    """Training rows from joined rows (problem and trace columns)."""
    import polars as pl

    if view.reasoning == "field":
        none = pl.lit(None, pl.String)
        question = pl.struct(role=pl.lit("user"), content=pl.col("problem"), reasoning_content=none)
        answer = pl.struct(
            role=pl.lit("assistant"),
            content=pl.col("response").fill_null(""),
            reasoning_content=pl.col("reasoning"),
        )
    else:
        question = user()
        answer = pl.struct(role=pl.lit("assistant"), content=thinking())
    return joined.select(
        messages=pl.concat_list(question, answer),
        **{
            column: pl.col(column)
            for column in "problem_id trace_id teacher source domain level license answer".split()
        },
        tokens=pl.col("tokens"),
    )
