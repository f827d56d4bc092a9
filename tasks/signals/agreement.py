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
    pairs = zip(traces["reasoning"], traces["response"].fill_null(""), strict=True)
    return pl.Series([agree(*pair) for pair in pairs], dtype=pl.Boolean)


def agree(reasoning: str | None, response: str) -> bool | None:
    """True if the reasoning's last stated answer is the final one; None where either has none.

    A reasoning that states no answer in so many words agrees if its end mentions the final one.
    Only cheap comparisons decide: this is a signal, not a verdict.
    """
    from verifiers import compare, final_answer  # slow to import, and not needed for the schema

    final = final_answer(response[-END:]) if reasoning and response else None
    if final is None or reasoning is None:
        return None
    end = reasoning[-END:]
    at = max(end.rfind(word) for word in STATED)
    thought = final_answer(end[max(at - 20, 0) :]) if at >= 0 else None
    if thought is None:
        return True if final in end else None
    return thought == final or compare(thought, final, "text").verdict == "correct"
