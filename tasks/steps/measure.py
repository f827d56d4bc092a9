"""measure: what a trace is like, in numbers that a view can select by."""

import polars as pl

from schemas.errors import LongcotError
from schemas.identity import digest
from schemas.recipe import Measure
from schemas.signal import in_order
from schemas.tables import TABLES
from tasks.pool.jobs import Mapper, Output
from tasks.signals.tokens import ESTIMATE, count_tokens


def measure(traces: pl.DataFrame, options: Measure) -> Output:
    """One row per trace, a column per signal. Raises LongcotError naming a signal that fails."""
    texts = pl.concat_str(
        pl.col("reasoning", "response").replace("", None), separator="\n", ignore_nulls=True
    )
    frame = traces.with_columns(whole=texts)
    frame = frame.with_columns(
        tokens=count_tokens(frame["whole"], options.tokenizer).cast(pl.Int64),
        tokenizer=pl.lit(options.tokenizer or ESTIMATE),
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
        if len(values) != len(traces):  # polars would repeat a single value
            raise LongcotError(
                f"signal {signal.name}: {len(values)} values for {len(traces)} traces; it returns "
                "one for each, in their order"
            )
        signals.append(values.alias(signal.name))
    counts = {"in": len(traces), "out": len(traces)}
    return Output({"signals": pl.DataFrame(signals).to_arrow().cast(TABLES["signals"])}, counts)


def version() -> str:
    """Changes when a signal comes, goes or computes something else."""
    return digest("measure", {signal.name: signal.version for signal in in_order()})[:8]


MAPPER = Mapper(
    name="measure",
    version=version(),
    over="traces",
    reads=["trace_id", "reasoning", "response"],
    function=measure,
)
