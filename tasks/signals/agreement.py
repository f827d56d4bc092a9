"""Whether the reasoning ends where the response does."""

from verifiers import compare, final_answer

END = 2_000
"""Characters at the reasoning's end that are searched for the answer it reached."""

STATED = ("boxed", "answer", "Answer")


def answers_agree(reasoning: str | None, response: str) -> bool | None:
    """True if the reasoning's last stated answer is the final one; None where either has none.

    A reasoning that states no answer in so many words agrees if its end mentions the final one.
    Only cheap comparisons decide: this is a signal, not a verdict.
    """
    final = final_answer(response[-END:]) if reasoning and response else None
    if final is None or reasoning is None:
        return None
    end = reasoning[-END:]
    at = max(end.rfind(word) for word in STATED)
    thought = final_answer(end[max(at - 20, 0) :]) if at >= 0 else None
    if thought is None:
        return True if final in end else None
    return thought == final or compare(thought, final, "text").verdict == "correct"
