"""measure: what a trace is like, in numbers that a view can select by."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tasks.pool.map_step import MapStep

if TYPE_CHECKING:
    import polars as pl

    from tasks.pool.jobs import Output


class Measure(MapStep, kind="measure"):
    """Signals of every trace."""

    over = "traces"
    columns = ("trace_id", "reasoning", "response")
    writes = ("signals",)

    tokenizer: str | None = Field(
        None, description="a tokenizer.json or a hub id; default: characters/4, an estimate"
    )

    def stamp(self) -> str:
        """Changes when a signal comes, goes or computes something else."""
        from schemas.identity import digest
        from schemas.parts.signal import in_order

        versions = {signal.name: signal.version for signal in in_order()}
        return digest("measure", self.version, versions)[:8]

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """One row per trace, a column per signal. Raises LongcotError naming one that fails."""
        import polars as pl

        from schemas.errors import LongcotError
        from schemas.parts.signal import in_order
        from schemas.tables import TABLES
        from tasks.pool.jobs import Output
        from tasks.signals.tokens import ESTIMATE, count_tokens

        texts = pl.concat_str(
            pl.col("reasoning", "response").replace("", None), separator="\n", ignore_nulls=True
        )
        count = len(frame)
        frame = frame.with_columns(whole=texts)
        frame = frame.with_columns(
            tokens=count_tokens(frame["whole"], self.tokenizer).cast(pl.Int64),
            tokenizer=pl.lit(self.tokenizer or ESTIMATE),
        )
        signals = [frame["trace_id"]]
        for signal in in_order():
            try:
                values = signal.function(frame)
            except LongcotError:
                raise
            except Exception as error:
                raise LongcotError(
                    f"signal {signal.name}: {type(error).__name__}: {error}; mend its function"
                ) from error
            if len(values) != count:  # polars would repeat a single value
                raise LongcotError(
                    f"signal {signal.name}: {len(values)} values for {count} traces; it returns "
                    "one for each, in their order"
                )
            signals.append(values.alias(signal.name))
        counts = {"in": count, "out": count}
        return Output({"signals": pl.DataFrame(signals).to_arrow().cast(TABLES["signals"])}, counts)
