"""Conversions of units, alone and inside a longer computation."""

from fractions import Fraction
from random import Random

from data.make.common import Drawn, Maker, decimal, short


def metres(rng: Random) -> Drawn | None:
    """Kilometres to metres."""
    n = Fraction(rng.randint(11, 99), 10)
    return short(rng, f"A path is {decimal(n)} km long. How long is that?", "metres", n * 1000)


def minutes(rng: Random) -> Drawn | None:
    """Hours and minutes to minutes."""
    h, m = rng.randint(2, 9), rng.randint(5, 55)
    return short(
        rng,
        f"A film marathon lasts {h} hours and {m} minutes. How long is it?",
        "minutes",
        60 * h + m,
    )


def metric_speed(rng: Random) -> Drawn | None:
    """km/h to m/s."""
    v = Fraction(9 * rng.randint(4, 60), 5)
    text = f"A hare runs at {decimal(v)} km/h. What is its speed in metres per second?"
    return short(rng, text, "m/s", v * 5 / 18)


def area(rng: Random) -> Drawn | None:
    """A rectangle in cm to m^2."""
    a, b = 5 * rng.randint(10, 90), 20 * rng.randint(3, 30)
    return short(
        rng,
        f"A sheet measures {a} cm by {b} cm. What is its area?",
        "square metres",
        Fraction(a * b, 10000),
    )


def tank(rng: Random) -> Drawn | None:
    """The time to fill a tank, through litres."""
    a, b, c, flow = rng.randint(4, 25), rng.randint(4, 25), rng.randint(4, 25), rng.randint(5, 50)
    text = (
        f"A tank of {10 * a} cm by {10 * b} cm by {10 * c} cm is filled at {flow} litres per "
        "minute. "
        "How long does that take?"
    )
    return short(rng, text, "minutes", Fraction(a * b * c, flow))


def fuel(rng: Random) -> Drawn | None:
    """Fuel for a drive, from litres per 100 km, speed and time."""
    use, v, m = (
        Fraction(rng.randint(40, 95), 10),
        rng.randint(6, 13) * 10,
        rng.choice((30, 45, 75, 90, 150)),
    )
    text = (
        f"A car needs {decimal(use)} litres for 100 km. How much fuel does it burn in {m} "
        "minutes at a "
        f"steady {v} km/h?"
    )
    return short(rng, text, "litres", use * v * m / 6000)


def rainfall(rng: Random) -> Drawn | None:
    """Rain on a field in hectares to cubic metres a second over hours."""
    ha, mm, h = rng.randint(5, 90), rng.randint(4, 40), rng.randint(2, 10)
    text = (
        f"In {h} hours {mm} mm of rain fall on {ha} hectares, and all of it runs into one "
        "channel at a "
        "constant rate. What is the flow in the channel?"
    )
    return short(rng, text, "litres per second", Fraction(ha * mm * 10000, h * 3600))


def heartbeat(rng: Random) -> Drawn | None:
    """Millilitres a beat to cubic metres in days."""
    ml, rate, days = 5 * rng.randint(10, 18), 4 * rng.randint(12, 24), rng.randint(2, 9)
    text = (
        f"A heart beats {rate} times a minute and moves {ml} millilitres with every beat. "
        f"What volume does it move in {days} days?"
    )
    return short(rng, text, "cubic metres", Fraction(ml * rate * days * 1440, 10**6))


LEVELS: dict[int, list[Maker]] = {
    1: [metres, minutes],
    2: [metric_speed, area],
    3: [tank, fuel],
    4: [rainfall, heartbeat],
}
