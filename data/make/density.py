"""Mass, volume and density, alloys and floating; every answer is a short exact decimal."""

from fractions import Fraction
from random import Random

from data.make.common import Drawn, Maker, decimal, short

MATERIALS = ("copper", "oak", "glass", "granite", "wax", "brass")


def mass(rng: Random) -> Drawn | None:
    """Mass from density and volume."""
    d, v = rng.randint(2, 12), rng.randint(5, 40)
    text = f"A block has a volume of {v} cm^3 and a density of {d} g/cm^3. What is its mass?"
    return short(rng, text, "grams", d * v)


def density(rng: Random) -> Drawn | None:
    """Density from mass and volume."""
    d, v = Fraction(rng.randint(5, 60), 5), rng.randint(5, 60)
    if (d * v).denominator != 1:
        return None
    text = (
        f"A piece of {rng.choice(MATERIALS)} weighs {d * v} g and takes up {v} cm^3. What is its "
        "density?"
    )
    return short(rng, text, "g/cm^3", d)


def brick(rng: Random) -> Drawn | None:
    """Mass of a cuboid in kilograms."""
    a, b, c, d = (
        rng.randint(5, 20),
        rng.randint(5, 20),
        rng.randint(4, 15),
        Fraction(rng.randint(4, 40), 5),
    )
    text = (
        f"A cuboid of {a} cm by {b} cm by {c} cm has a density of {decimal(d)} g/cm^3. What is "
        "its mass?"
    )
    return short(rng, text, "kilograms", a * b * c * d / 1000)


def overflow(rng: Random) -> Drawn | None:
    """Density from a rise of water."""
    low, rise, d = rng.randint(40, 120), rng.randint(6, 40), Fraction(rng.randint(5, 60), 4)
    if (d * rise * 10).denominator != 1:
        return None
    text = (
        f"A stone of {decimal(d * rise)} g is lowered into a measuring glass; the water rises "
        f"from {low} ml "
        f"to {low + rise} ml and covers it. What is its density?"
    )
    return short(rng, text, "g/cm^3", d)


def alloy(rng: Random) -> Drawn | None:
    """Density of two metals joined by volume."""
    d, e, v, w = rng.randint(2, 20), rng.randint(2, 20), rng.randint(5, 60), rng.randint(5, 60)
    text = (
        f"{v} cm^3 of a metal of density {d} g/cm^3 are melted together with {w} cm^3 of one of "
        "density "
        f"{e} g/cm^3. Volumes add up. What is the density of the alloy?"
    )
    return short(rng, text, "g/cm^3", Fraction(d * v + e * w, v + w)) if d != e else None


def floating(rng: Random) -> Drawn | None:
    """How far a floating block stands out of a liquid."""
    height, d, liquid = (
        rng.randint(6, 60),
        Fraction(rng.randint(5, 19), 20),
        Fraction(rng.randint(16, 26), 20),
    )
    text = (
        f"An upright block {height} cm high with a density of {decimal(d)} g/cm^3 floats in a "
        "liquid of "
        f"{decimal(liquid)} g/cm^3. How much of its height stands above the surface?"
    )
    return short(rng, text, "centimetres", height * (1 - d / liquid)) if d < liquid else None


def alloy_by_mass(rng: Random) -> Drawn | None:
    """Density of two metals joined by mass."""
    d, e, m, n = rng.randint(2, 12), rng.randint(2, 12), rng.randint(2, 30), rng.randint(2, 30)
    text = (
        f"An alloy is made from {10 * m} g of a metal of density {d} g/cm^3 and {10 * n} g of "
        "another of "
        f"density {e} g/cm^3, without any change of the total volume. What is its density?"
    )
    return (
        short(rng, text, "g/cm^3", (m + n) / (Fraction(m, d) + Fraction(n, e)))
        if d != e and m != n
        else None
    )


def hollow(rng: Random) -> Drawn | None:
    """The cavity inside a hollow cube, from its outer edge and its mass."""
    edge, d, inside = rng.randint(4, 12), Fraction(rng.randint(5, 50), 5), rng.randint(10, 900)
    if not 0 < inside < edge**3 - 20:
        return None
    text = (
        f"A closed hollow cube with an outer edge of {edge} cm has a mass of "
        f"{decimal((edge**3 - inside) * d)} g; its material has a density of {decimal(d)} g/cm^3. "
        "How large is the cavity?"
    )
    return short(rng, text, "cm^3", inside)


LEVELS: dict[int, list[Maker]] = {
    1: [mass, density],
    2: [brick, overflow],
    3: [alloy, floating],
    4: [alloy_by_mass, hollow],
}
