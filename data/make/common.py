"""What every topic shares: the shape of a problem, names to put in it, and number formats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

Drawn = tuple[str, str]
Maker = Callable[[Random], Drawn | None]
"""Draws one problem text and its answer; None where the drawn numbers are not nice enough."""

PEOPLE = (
    "Amara", "Bruno", "Chen", "Dalia", "Emeka", "Farah", "Goran", "Hana", "Ines", "Jonas",
    "Kofi", "Lena", "Mateo", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sanjay", "Tove",
)  # fmt: skip
LETTERS = "ABCDE"
ASKS = ("Give the number in", "Answer in", "State the result in", "Give your answer in")


@dataclass(frozen=True)
class Problem:
    """One problem with its answer, before it is numbered."""

    problem: str
    answer: str
    answer_kind: str
    domain: str
    level: int
    topic: str


def tex(value: Fraction | int) -> str:
    """An integer as it is, anything else as a LaTeX fraction in lowest terms."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def decimal(value: Fraction | int, places: int = 3) -> str | None:
    """The exact decimal, or None if it needs more than so many places."""
    scaled = Fraction(value) * 10**places
    if scaled.denominator != 1:
        return None
    whole, rest = divmod(abs(scaled.numerator), 10**places)
    digits = f"{rest:0{places}d}".rstrip("0")
    return ("-" if value < 0 else "") + str(whole) + ("." + digits if digits else "")


def term(coefficient: int, symbol: str) -> str:
    """A coefficient in front of a symbol: 1 is left out, -1 leaves its sign."""
    return {1: symbol, -1: f"-{symbol}"}.get(coefficient, f"{coefficient}{symbol}")


def polynomial(coefficients: Sequence[int], symbol: str = "x") -> str:
    """Integer coefficients, highest power first, as text: [1, -3, 0] is x^2-3x."""
    parts = []
    for power, c in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        if c:
            name = {0: "", 1: symbol}.get(power, f"{symbol}^{power}")
            parts.append(term(c, name) if name else str(c))
    return "+".join(parts).replace("+-", "-") or "0"


def root(square: int) -> tuple[int, int]:
    """Outside and inside of a simplified square root: 12 gives (2, 3)."""
    outside = max(k for k in range(1, square + 1) if k * k <= square and square % (k * k) == 0)
    return outside, square // outside**2


def join(names: Sequence[str]) -> str:
    """Names as English writes a list: A, B and C."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def choose(rng: Random, stem: str, right: str, wrong: Sequence[str]) -> Drawn:
    """A multiple-choice text with shuffled labelled options, and the letter of the right one."""
    options = [right, *wrong]
    rng.shuffle(options)
    labelled = (f"({letter}) {option}" for letter, option in zip(LETTERS, options, strict=False))
    return "\n".join([stem, *labelled]), LETTERS[options.index(right)]


def short(rng: Random, text: str, unit: str, answer: Fraction | int) -> Drawn | None:
    """The text with the wanted unit, unless the answer is not a short decimal."""
    value = decimal(answer, 2)
    return (f"{text} {rng.choice(ASKS)} {unit}.", value) if value and answer > 0 else None
