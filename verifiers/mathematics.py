"""Mathematical answers: the same text, the same number, the same quantity, the same object."""

from verifiers.clean import clean
from verifiers.fallback import compare_symbolic
from verifiers.number import read_number
from verifiers.rounding import compare_numbers


def compare_math(gold: str, answer: str) -> str:
    """The reason code for two mathematical answers; the verdict is the same both ways round."""
    ours, theirs = clean(gold), clean(answer)
    if not theirs:
        return "no_answer.not_found"
    if not ours:
        return "undecided.parse_gold"
    if ours == theirs:
        return "equal.string"
    first, second = read_number(ours), read_number(theirs)
    if first and second:
        return compare_numbers(first, second)
    return compare_symbolic(ours, theirs)
