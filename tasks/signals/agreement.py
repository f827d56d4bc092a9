"""Whether the reasoning ends where the response does."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

END = 2_000
"""Characters at the reasoning's end that are searched for the answer it reached."""

STATED = ("boxed", "answer", "Answer")


@signal(pa.bool_(), "last answer in the reasoning = the final one")
def answers_agree(traces: pl.DataFrame) -> pl.Series:
    """Whether the reasoning of each trace ends where its response does."""
    ends = traces.select(pl.col("reasoning", "response").str.tail(END))
    both = ends.select(pl.all_horizontal((pl.all() != "").fill_null(value=False))).to_series()
    values = (agree(*pair) for pair in ends.filter(both).iter_rows())
    return pl.Series([next(values) if one else None for one in both], dtype=pl.Boolean)


def agree(reasoning: str, response: str) -> bool | None:
    """True if the reasoning's last stated answer is the final one; None where either has none.

    Both are the ends, of END characters, of a trace's parts.

    A reasoning that states no answer in so many words agrees if its end mentions the final one.
    Only cheap comparisons decide: this is a signal, not a verdict.
    """
    from verifiers.dispatch import compare  # slow to import, and not needed for the schema
    from verifiers.extract.final_answer import final_answer

    final = final_answer(response)
    if final is None:
        return None
    at = max(reasoning.rfind(word) for word in STATED)
    thought = final_answer(reasoning[max(at - 20, 0) :]) if at >= 0 else None
    if thought is None:
        return True if final in reasoning else None
    return thought == final or compare(thought, final, "text").verdict == "correct"
