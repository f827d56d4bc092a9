"""When two numbers are the same: exactly, or correctly rounded at the precision written."""

from fractions import Fraction

from verifiers.text.numbers import Number

FLOAT_DIGITS = 15  # that a double holds for certain
FLOAT_GAP = Fraction(1, 10**12)  # relative
ENOUGH_DIGITS = 3  # significant digits below which a rounded value says too little


def compare_numbers(gold: Number, answer: Number, sign_may_lack: bool = True) -> str:
    """`equal.exact`, `equal.rounded` or `differ.value`; the same both ways round.

    Is `50%` equal to `0.5`? Yes. To `50`? Yes: whether a percentage is written with its sign is
    the question's choice. Is `1/2 %` equal to `0.5`? No: below 1 the two readings are too close
    together to be a choice of notation. With `sign_may_lack` false, `50%` is never 50: the question
    is known and does not speak of percentages.
    """
    if gold.percent == answer.percent:
        return _compare(gold, answer)
    percent, other = (gold, answer) if gold.percent else (answer, gold)
    hundredth = Number(percent.value / 100, percent.step and percent.step / 100, percent.digits)
    reason = _compare(hundredth, other)
    if reason == "differ.value" and sign_may_lack and abs(percent.value) >= 1:
        return _compare(percent._replace(percent=False), other)
    return reason


def compare_money(gold: Number, answer: Number) -> str:
    """Amounts of money: exact to the cent, so nothing is rounded."""
    return "equal.exact" if gold.value == answer.value else "differ.value"


def rounds_to(written: Number, value: Fraction) -> bool:
    """Whether the decimal `written` is `value`, correctly rounded to at least three digits."""
    return (
        written.step is not None
        and written.digits >= ENOUGH_DIGITS
        and abs(written.value - value) * 2 <= written.step
    )


def is_float_of(written: Number, value: Fraction) -> bool:
    """Whether `written` is `value` as a program prints it: from 15 digits on, but for the last.

    The last digits of a double are how it was computed: `0.30000000000000004` is 3/10.
    """
    printed = written.step is not None and written.digits >= FLOAT_DIGITS
    return printed and abs(written.value - value) <= abs(value) * FLOAT_GAP


def _compare(gold: Number, answer: Number) -> str:
    if gold.value == answer.value:
        return "equal.exact"
    if is_float_of(gold, answer.value) or is_float_of(answer, gold.value):
        return "equal.rounded"
    if rounds_to(gold, answer.value) or rounds_to(answer, gold.value):
        return "equal.rounded"
    return "differ.value"
