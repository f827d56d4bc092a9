"""Motion, density, units and mixtures; every answer is an exact short decimal."""

from fractions import Fraction
from random import Random

from common import Drawn, Maker, decimal

F = Fraction
MATERIALS = ("copper", "oak", "glass", "granite", "wax", "brass")
ASKS = ("Give the number in", "Answer in", "State the result in", "Give your answer in")
SOLUTES = ("salt", "sugar", "acid", "alcohol")


def done(rng: Random, text: str, unit: str, answer: Fraction | int) -> Drawn | None:
    """The text with the wanted unit, unless the answer is not a short decimal."""
    value = decimal(answer, 2)
    return (f"{text} {rng.choice(ASKS)} {unit}.", value) if value and answer > 0 else None


def steady(rng: Random) -> Drawn | None:
    """Distance at constant speed."""
    v, t = rng.randint(4, 30), rng.randint(3, 20)
    text = f"A cyclist rides at a steady {v} m/s for {t} s. How far is that?"
    return done(rng, text, "metres", v * t)


def speed(rng: Random) -> Drawn | None:
    """Speed from distance and time."""
    v, t = rng.randint(12, 90), rng.randint(2, 8)
    return done(rng, f"A train covers {v * t} km in {t} hours. What is its mean speed?", "km/h", v)


def pull_away(rng: Random) -> Drawn | None:
    """Speed under constant acceleration."""
    u, a, t = rng.randint(2, 15), F(rng.randint(2, 9), 2), rng.randint(3, 12)
    text = (
        f"A car moving at {u} m/s accelerates at {decimal(a)} m/s^2 for {t} s. How fast is it then?"
    )
    return done(rng, text, "m/s", u + a * t)


def round_trip(rng: Random) -> Drawn | None:
    """The mean speed over there and back."""
    a, b = sorted(rng.sample(range(10, 91, 5), 2))
    text = (
        f"A van drives to a town at {a} km/h and back on the same road at {b} km/h. What is its "
        "mean speed?"
    )
    return done(rng, text, "km/h", F(2 * a * b, a + b))


def covered(rng: Random) -> Drawn | None:
    """Distance under constant acceleration."""
    u, a, t = rng.randint(2, 15), F(rng.randint(2, 9), 2), rng.randint(3, 11)
    text = (
        f"A sledge starts down a slope at {u} m/s and gains speed at a constant {decimal(a)} "
        "m/s^2. "
        f"How far does it travel in {t} s?"
    )
    return done(rng, text, "metres", u * t + a * t * t / 2)


def braking(rng: Random) -> Drawn | None:
    """Reaction distance and braking distance."""
    v, a, react = rng.randint(8, 36), rng.randint(2, 8), F(rng.randint(5, 15), 10)
    text = (
        f"A driver at {v} m/s sees an obstacle, reacts after {decimal(react)} s and then brakes "
        "at a "
        f"constant {a} m/s^2. How far does the car go from the first sight to standstill?"
    )
    return done(rng, text, "metres", v * react + F(v * v, 2 * a))


def chase(rng: Random) -> Drawn | None:
    """A pursuer that accelerates from rest behind a steady runner: the meeting distance."""
    v, a = rng.randint(6, 30), rng.randint(2, 6)
    text = (
        f"A lorry passes a parked motorcycle at a steady {v} m/s. At that moment the motorcycle "
        "starts "
        f"with a constant acceleration of {a} m/s^2. How far from its start does it draw level?"
    )
    return done(rng, text, "metres", F(2 * v * v, a))


def last_second(rng: Random) -> Drawn | None:
    """A stone thrown down: the way in one given second."""
    u, n = rng.randint(2, 12), rng.randint(3, 7)
    text = (
        f"A stone is thrown straight down from a high cliff at {u} m/s. Take g = 10 m/s^2 and no "
        "air "
        f"resistance. How far does it fall between t = {n - 1} s and t = {n} s?"
    )
    return done(rng, text, "metres", u + 5 * (2 * n - 1))


def mass(rng: Random) -> Drawn | None:
    """Mass from density and volume."""
    d, v = rng.randint(2, 12), rng.randint(5, 40)
    text = f"A block has a volume of {v} cm^3 and a density of {d} g/cm^3. What is its mass?"
    return done(rng, text, "grams", d * v)


def density(rng: Random) -> Drawn | None:
    """Density from mass and volume."""
    d, v = F(rng.randint(5, 60), 5), rng.randint(5, 60)
    if (d * v).denominator != 1:
        return None
    text = (
        f"A piece of {rng.choice(MATERIALS)} weighs {d * v} g and takes up {v} cm^3. What is its "
        "density?"
    )
    return done(rng, text, "g/cm^3", d)


def brick(rng: Random) -> Drawn | None:
    """Mass of a cuboid in kilograms."""
    a, b, c, d = (
        rng.randint(5, 20),
        rng.randint(5, 20),
        rng.randint(4, 15),
        F(rng.randint(4, 40), 5),
    )
    text = (
        f"A cuboid of {a} cm by {b} cm by {c} cm has a density of {decimal(d)} g/cm^3. What is "
        "its mass?"
    )
    return done(rng, text, "kilograms", a * b * c * d / 1000)


def overflow(rng: Random) -> Drawn | None:
    """Density from a rise of water."""
    low, rise, d = rng.randint(40, 120), rng.randint(6, 40), F(rng.randint(5, 60), 4)
    if (d * rise * 10).denominator != 1:
        return None
    text = (
        f"A stone of {decimal(d * rise)} g is lowered into a measuring glass; the water rises "
        f"from {low} ml "
        f"to {low + rise} ml and covers it. What is its density?"
    )
    return done(rng, text, "g/cm^3", d)


def alloy(rng: Random) -> Drawn | None:
    """Density of two metals joined by volume."""
    d, e, v, w = rng.randint(2, 20), rng.randint(2, 20), rng.randint(5, 60), rng.randint(5, 60)
    text = (
        f"{v} cm^3 of a metal of density {d} g/cm^3 are melted together with {w} cm^3 of one of "
        "density "
        f"{e} g/cm^3. Volumes add up. What is the density of the alloy?"
    )
    return done(rng, text, "g/cm^3", F(d * v + e * w, v + w)) if d != e else None


def floating(rng: Random) -> Drawn | None:
    """How far a floating block stands out of a liquid."""
    height, d, liquid = rng.randint(6, 60), F(rng.randint(5, 19), 20), F(rng.randint(16, 26), 20)
    text = (
        f"An upright block {height} cm high with a density of {decimal(d)} g/cm^3 floats in a "
        "liquid of "
        f"{decimal(liquid)} g/cm^3. How much of its height stands above the surface?"
    )
    return done(rng, text, "centimetres", height * (1 - d / liquid)) if d < liquid else None


def alloy_by_mass(rng: Random) -> Drawn | None:
    """Density of two metals joined by mass."""
    d, e, m, n = rng.randint(2, 12), rng.randint(2, 12), rng.randint(2, 30), rng.randint(2, 30)
    text = (
        f"An alloy is made from {10 * m} g of a metal of density {d} g/cm^3 and {10 * n} g of "
        "another of "
        f"density {e} g/cm^3, without any change of the total volume. What is its density?"
    )
    return done(rng, text, "g/cm^3", (m + n) / (F(m, d) + F(n, e))) if d != e and m != n else None


def hollow(rng: Random) -> Drawn | None:
    """The cavity inside a hollow cube, from its outer edge and its mass."""
    edge, d, inside = rng.randint(4, 12), F(rng.randint(5, 50), 5), rng.randint(10, 900)
    if not 0 < inside < edge**3 - 20:
        return None
    text = (
        f"A closed hollow cube with an outer edge of {edge} cm has a mass of "
        f"{decimal((edge**3 - inside) * d)} g; its material has a density of {decimal(d)} g/cm^3. "
        "How large is the cavity?"
    )
    return done(rng, text, "cm^3", inside)


def metres(rng: Random) -> Drawn | None:
    """Kilometres to metres."""
    n = F(rng.randint(11, 99), 10)
    return done(rng, f"A path is {decimal(n)} km long. How long is that?", "metres", n * 1000)


def minutes(rng: Random) -> Drawn | None:
    """Hours and minutes to minutes."""
    h, m = rng.randint(2, 9), rng.randint(5, 55)
    return done(
        rng,
        f"A film marathon lasts {h} hours and {m} minutes. How long is it?",
        "minutes",
        60 * h + m,
    )


def metric_speed(rng: Random) -> Drawn | None:
    """km/h to m/s."""
    v = F(9 * rng.randint(4, 60), 5)
    text = f"A hare runs at {decimal(v)} km/h. What is its speed in metres per second?"
    return done(rng, text, "m/s", v * 5 / 18)


def area(rng: Random) -> Drawn | None:
    """A rectangle in cm to m^2."""
    a, b = 5 * rng.randint(10, 90), 20 * rng.randint(3, 30)
    return done(
        rng,
        f"A sheet measures {a} cm by {b} cm. What is its area?",
        "square metres",
        F(a * b, 10000),
    )


def tank(rng: Random) -> Drawn | None:
    """The time to fill a tank, through litres."""
    a, b, c, flow = rng.randint(4, 25), rng.randint(4, 25), rng.randint(4, 25), rng.randint(5, 50)
    text = (
        f"A tank of {10 * a} cm by {10 * b} cm by {10 * c} cm is filled at {flow} litres per "
        "minute. "
        "How long does that take?"
    )
    return done(rng, text, "minutes", F(a * b * c, flow))


def fuel(rng: Random) -> Drawn | None:
    """Fuel for a drive, from litres per 100 km, speed and time."""
    use, v, m = (
        F(rng.randint(40, 95), 10),
        rng.randint(6, 13) * 10,
        rng.choice((30, 45, 75, 90, 150)),
    )
    text = (
        f"A car needs {decimal(use)} litres for 100 km. How much fuel does it burn in {m} "
        "minutes at a "
        f"steady {v} km/h?"
    )
    return done(rng, text, "litres", use * v * m / 6000)


def rainfall(rng: Random) -> Drawn | None:
    """Rain on a field in hectares to cubic metres a second over hours."""
    ha, mm, h = rng.randint(5, 90), rng.randint(4, 40), rng.randint(2, 10)
    text = (
        f"In {h} hours {mm} mm of rain fall on {ha} hectares, and all of it runs into one "
        "channel at a "
        "constant rate. What is the flow in the channel?"
    )
    return done(rng, text, "litres per second", F(ha * mm * 10000, h * 3600))


def heartbeat(rng: Random) -> Drawn | None:
    """Millilitres a beat to cubic metres in days."""
    ml, rate, days = 5 * rng.randint(10, 18), 4 * rng.randint(12, 24), rng.randint(2, 9)
    text = (
        f"A heart beats {rate} times a minute and moves {ml} millilitres with every beat. "
        f"What volume does it move in {days} days?"
    )
    return done(rng, text, "cubic metres", F(ml * rate * days * 1440, 10**6))


def solute(rng: Random) -> Drawn | None:
    """The mass dissolved in a solution."""
    m, p, what = 50 * rng.randint(2, 16), 2 * rng.randint(2, 20), rng.choice(SOLUTES[:2])
    text = f"How much {what} is dissolved in {m} g of a solution that is {p}% {what} by mass?"
    return done(rng, text, "grams", F(m * p, 100))


def strength(rng: Random) -> Drawn | None:
    """The percentage of a fresh solution."""
    part, total = rng.randint(5, 60), 50 * rng.randint(2, 12)
    text = f"{part} g of sugar are stirred into {total - part} g of water. How strong is the syrup?"
    return done(rng, text, "per cent of sugar by mass", F(100 * part, total))


def thinned(rng: Random) -> Drawn | None:
    """A strength after water is added."""
    v, p, w = 50 * rng.randint(2, 12), rng.randint(8, 60), 50 * rng.randint(1, 12)
    text = (
        f"{w} ml of water are added to {v} ml of a {p}% acid solution. Volumes add up. How "
        "strong is it now?"
    )
    return done(rng, text, "per cent", F(v * p, v + w))


def from_stock(rng: Random) -> Drawn | None:
    """How much stock solution a weaker one takes."""
    stock, weak, v = F(rng.randint(20, 120), 10), F(rng.randint(1, 19), 10), 50 * rng.randint(2, 20)
    text = (
        f"How many millilitres of a {decimal(stock)} mol/l stock solution does it take to make "
        f"{v} ml of a "
        f"{decimal(weak)} mol/l solution?"
    )
    return done(rng, text, "millilitres", v * weak / stock)


def blend(rng: Random) -> Drawn | None:
    """The strength of two solutions together."""
    (p, q), v, w = rng.sample(range(5, 90), 2), 20 * rng.randint(2, 20), 20 * rng.randint(2, 20)
    what = rng.choice(SOLUTES)
    text = (
        f"{v} g of a {p}% {what} solution and {w} g of a {q}% {what} solution are mixed. How "
        "strong is the mixture?"
    )
    return done(rng, text, "per cent", F(v * p + w * q, v + w)) if v != w else None


def wanted_blend(rng: Random) -> Drawn | None:
    """How much of a weak solution brings a strong one to a given strength."""
    low, aim, high = sorted(rng.sample(range(4, 80), 3))
    v = 10 * rng.randint(5, 60)
    text = (
        f"How many grams of a {low}% brine must be added to {v} g of a {high}% brine to make a "
        "brine of "
        f"exactly {aim}%?"
    )
    return done(rng, text, "grams", F(v * (high - aim), aim - low))


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
    return done(rng, text, "per cent", p * (1 - F(out, v)) ** times)


def dried(rng: Random) -> Drawn | None:
    """Drying: the dry part stays, the water goes."""
    m, wet, dry = rng.randint(20, 400), rng.randint(70, 99), rng.randint(10, 60)
    text = (
        f"Fresh fruit with a water content of {wet}% is dried until the water content is {dry}%. "
        f"What is left of {m} kg?"
    )
    return done(rng, text, "kilograms", F(m * (100 - wet), 100 - dry))


KINEMATICS: dict[int, list[Maker]] = {
    1: [steady, speed],
    2: [pull_away, round_trip],
    3: [covered, braking],
    4: [chase, last_second],
}
DENSITY: dict[int, list[Maker]] = {
    1: [mass, density],
    2: [brick, overflow],
    3: [alloy, floating],
    4: [alloy_by_mass, hollow],
}
UNITS: dict[int, list[Maker]] = {
    1: [metres, minutes],
    2: [metric_speed, area],
    3: [tank, fuel],
    4: [rainfall, heartbeat],
}
MIXTURES: dict[int, list[Maker]] = {
    1: [solute, strength],
    2: [thinned, from_stock],
    3: [blend, wanted_blend],
    4: [replaced, dried],
}
