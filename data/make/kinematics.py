"""Motion along a line; every answer is a short exact decimal."""

from fractions import Fraction
from random import Random

from data.make.common import Drawn, Maker, decimal, short


def steady(rng: Random) -> Drawn | None:
    """Distance at constant speed."""
    v, t = rng.randint(4, 30), rng.randint(3, 20)
    text = f"A cyclist rides at a steady {v} m/s for {t} s. How far is that?"
    return short(rng, text, "metres", v * t)


def speed(rng: Random) -> Drawn | None:
    """Speed from distance and time."""
    v, t = rng.randint(12, 90), rng.randint(2, 8)
    return short(rng, f"A train covers {v * t} km in {t} hours. What is its mean speed?", "km/h", v)


def pull_away(rng: Random) -> Drawn | None:
    """Speed under constant acceleration."""
    u, a, t = rng.randint(2, 15), Fraction(rng.randint(2, 9), 2), rng.randint(3, 12)
    text = (
        f"A car moving at {u} m/s accelerates at {decimal(a)} m/s^2 for {t} s. How fast is it then?"
    )
    return short(rng, text, "m/s", u + a * t)


def round_trip(rng: Random) -> Drawn | None:
    """The mean speed over there and back."""
    a, b = sorted(rng.sample(range(10, 91, 5), 2))
    text = (
        f"A van drives to a town at {a} km/h and back on the same road at {b} km/h. What is its "
        "mean speed?"
    )
    return short(rng, text, "km/h", Fraction(2 * a * b, a + b))


def covered(rng: Random) -> Drawn | None:
    """Distance under constant acceleration."""
    u, a, t = rng.randint(2, 15), Fraction(rng.randint(2, 9), 2), rng.randint(3, 11)
    text = (
        f"A sledge starts down a slope at {u} m/s and gains speed at a constant {decimal(a)} "
        "m/s^2. "
        f"How far does it travel in {t} s?"
    )
    return short(rng, text, "metres", u * t + a * t * t / 2)


def braking(rng: Random) -> Drawn | None:
    """Reaction distance and braking distance."""
    v, a, react = rng.randint(8, 36), rng.randint(2, 8), Fraction(rng.randint(5, 15), 10)
    text = (
        f"A driver at {v} m/s sees an obstacle, reacts after {decimal(react)} s and then brakes "
        "at a "
        f"constant {a} m/s^2. How far does the car go from the first sight to standstill?"
    )
    return short(rng, text, "metres", v * react + Fraction(v * v, 2 * a))


def chase(rng: Random) -> Drawn | None:
    """A pursuer that accelerates from rest behind a steady runner: the meeting distance."""
    v, a = rng.randint(6, 30), rng.randint(2, 6)
    text = (
        f"A lorry passes a parked motorcycle at a steady {v} m/s. At that moment the motorcycle "
        "starts "
        f"with a constant acceleration of {a} m/s^2. How far from its start does it draw level?"
    )
    return short(rng, text, "metres", Fraction(2 * v * v, a))


def last_second(rng: Random) -> Drawn | None:
    """A stone thrown down: the way in one given second."""
    u, n = rng.randint(2, 12), rng.randint(3, 7)
    text = (
        f"A stone is thrown straight down from a high cliff at {u} m/s. Take g = 10 m/s^2 and no "
        "air "
        f"resistance. How far does it fall between t = {n - 1} s and t = {n} s?"
    )
    return short(rng, text, "metres", u + 5 * (2 * n - 1))


LEVELS: dict[int, list[Maker]] = {
    1: [steady, speed],
    2: [pull_away, round_trip],
    3: [covered, braking],
    4: [chase, last_second],
}
