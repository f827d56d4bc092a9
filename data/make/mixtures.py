"""Solutions that are diluted, blended or dried; every answer is a short exact decimal."""

from fractions import Fraction
from random import Random

from data.make.common import Drawn, Maker, decimal, short

SOLUTES = ("salt", "sugar", "acid", "alcohol")


def solute(rng: Random) -> Drawn | None:
    """The mass dissolved in a solution."""
    m, p, what = 50 * rng.randint(2, 16), 2 * rng.randint(2, 20), rng.choice(SOLUTES[:2])
    text = f"How much {what} is dissolved in {m} g of a solution that is {p}% {what} by mass?"
    return short(rng, text, "grams", Fraction(m * p, 100))


def strength(rng: Random) -> Drawn | None:
    """The percentage of a fresh solution."""
    part, total = rng.randint(5, 60), 50 * rng.randint(2, 12)
    text = f"{part} g of sugar are stirred into {total - part} g of water. How strong is the syrup?"
    return short(rng, text, "per cent of sugar by mass", Fraction(100 * part, total))


def thinned(rng: Random) -> Drawn | None:
    """A strength after water is added."""
    v, p, w = 50 * rng.randint(2, 12), rng.randint(8, 60), 50 * rng.randint(1, 12)
    text = (
        f"{w} ml of water are added to {v} ml of a {p}% acid solution. Volumes add up. How "
        "strong is it now?"
    )
    return short(rng, text, "per cent", Fraction(v * p, v + w))


def from_stock(rng: Random) -> Drawn | None:
    """How much stock solution a weaker one takes."""
    stock, weak, v = (
        Fraction(rng.randint(20, 120), 10),
        Fraction(rng.randint(1, 19), 10),
        50 * rng.randint(2, 20),
    )
    text = (
        f"How many millilitres of a {decimal(stock)} mol/l stock solution does it take to make "
        f"{v} ml of a "
        f"{decimal(weak)} mol/l solution?"
    )
    return short(rng, text, "millilitres", v * weak / stock)


def blend(rng: Random) -> Drawn | None:
    """The strength of two solutions together."""
    (p, q), v, w = rng.sample(range(5, 90), 2), 20 * rng.randint(2, 20), 20 * rng.randint(2, 20)
    what = rng.choice(SOLUTES)
    text = (
        f"{v} g of a {p}% {what} solution and {w} g of a {q}% {what} solution are mixed. How "
        "strong is the mixture?"
    )
    return short(rng, text, "per cent", Fraction(v * p + w * q, v + w)) if v != w else None


def wanted_blend(rng: Random) -> Drawn | None:
    """How much of a weak solution brings a strong one to a given strength."""
    low, aim, high = sorted(rng.sample(range(4, 80), 3))
    v = 10 * rng.randint(5, 60)
    text = (
        f"How many grams of a {low}% brine must be added to {v} g of a {high}% brine to make a "
        "brine of "
        f"exactly {aim}%?"
    )
    return short(rng, text, "grams", Fraction(v * (high - aim), aim - low))


def replaced(rng: Random) -> Drawn | None:
    """Part of a solution is replaced by water, twice or three times."""
    v, out, p, times = (
        10 * rng.randint(2, 10),
        rng.randint(2, 15),
        rng.randint(20, 96),
        rng.choice((2, 3)),
    )
    word = {2: "twice", 3: "three times"}[times]
    text = (
        f"A vessel holds {v} litres of {p}% alcohol. {out} litres are drawn off and replaced by "
        "water, and "
        f"after stirring the same is done again, {word} in all. How strong is the alcohol in the "
        "end?"
    )
    return short(rng, text, "per cent", p * (1 - Fraction(out, v)) ** times)


def dried(rng: Random) -> Drawn | None:
    """Drying: the dry part stays, the water goes."""
    m, wet, dry = rng.randint(20, 400), rng.randint(70, 99), rng.randint(10, 60)
    text = (
        f"Fresh fruit with a water content of {wet}% is dried until the water content is {dry}%. "
        f"What is left of {m} kg?"
    )
    return short(rng, text, "kilograms", Fraction(m * (100 - wet), 100 - dry))


LEVELS: dict[int, list[Maker]] = {
    1: [solute, strength],
    2: [thinned, from_stock],
    3: [blend, wanted_blend],
    4: [replaced, dried],
}
