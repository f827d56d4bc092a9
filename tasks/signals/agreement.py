"""Whether the reasoning ends where the response does."""

from verifiers import compare, final_answer

END = 2_000
"""Characters of the reasoning's end that are searched for its last answer."""


def answers_agree(reasoning: str | None, response: str) -> bool | None:
    """True if the last answer in the reasoning is the final one; None where either has none.

    Only cheap comparisons decide (same text, same number): this is a signal, not a verdict.
    """
    if not reasoning or not response:
        return None
    thought, final = final_answer(reasoning[-END:]), final_answer(response)
    if thought is None or final is None:
        return None
    return same_answer(thought, final)


def same_answer(one: str, other: str) -> bool:
    """Equal as text or as a number."""
    return one == other or compare(one, other, "text").verdict == "correct"
