"""measure: what a trace is like, in numbers that a view can select by."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tasks.pool.map_step import MapStep

if TYPE_CHECKING:
    import polars as pl

    from tasks.pool.jobs import Output


class Measure(MapStep, kind="measure"):
    """Signals of every trace."""

    version = "1"
    over = "traces"
    columns = ("trace_id", "reasoning", "response")
    reads = ("traces",)
    writes = ("signals",)

    tokenizer: str | None = Field(
        None, description="a tokenizer.json or a hub id; default: characters/4, an estimate"
    )

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """One row of signals per trace."""
        import polars as pl

        from schemas.tables import SIGNALS
        from tasks.pool.jobs import Output
        from tasks.signals.agreement import answers_agree
        from tasks.signals.repetition import compression, repeated_lines, tail_repeats
        from tasks.signals.tokens import ESTIMATE, count_tokens

        whole = frame.select(
            whole=pl.concat_str(
                pl.col("reasoning", "response").replace("", None), separator="\n", ignore_nulls=True
            )
        )["whole"]
        per_text = [(compression(t), repeated_lines(t), tail_repeats(t)) for t in whole]
        pairs = zip(frame["reasoning"], frame["response"].fill_null(""), strict=True)
        reasoning_chars = pl.col("reasoning").str.len_chars().fill_null(0).cast(pl.Int64)
        response_chars = pl.col("response").str.len_chars().fill_null(0).cast(pl.Int64)
        signals = frame.select(
            "trace_id",
            reasoning_chars=reasoning_chars,
            response_chars=response_chars,
            tokens=count_tokens(whole, self.tokenizer).cast(pl.Int64),
            tokenizer=pl.lit(self.tokenizer or ESTIMATE),
            # 0/0 is NaN: a trace without a character has no share.
            reasoning_share=(reasoning_chars / (reasoning_chars + response_chars)).fill_nan(None),
            compression=pl.Series([row[0] for row in per_text], dtype=pl.Float64),
            repeated_lines=pl.Series([row[1] for row in per_text], dtype=pl.Float64),
            tail_repeats=pl.Series([row[2] for row in per_text], dtype=pl.Int64),
            answers_agree=pl.Series([answers_agree(*pair) for pair in pairs], dtype=pl.Boolean),
        )
        counts = {"in": len(frame), "out": len(signals)}
        return Output({"signals": signals.to_arrow().cast(SIGNALS)}, counts)
