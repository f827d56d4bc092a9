"""Word problems over whole numbers, percentages and rates: one step at level 1, five at level 4."""

from fractions import Fraction
from random import Random

from data.make.common import PEOPLE, Drawn, Maker, tex

THINGS = ("stamps", "marbles", "postcards", "shells", "buttons", "badges")
GOODS = ("notebooks", "mugs", "lamps", "scarves", "baskets", "candles")


def gain(rng: Random) -> Drawn:
    """One addition."""
    name, thing = rng.choice(PEOPLE), rng.choice(THINGS)
    a, b = rng.randint(15, 80), rng.randint(6, 45)
    text = (
        f"{name} keeps {a} {thing} in a tin and is given {b} more. How many {thing} are there now?"
    )
    return text, str(a + b)


def spend(rng: Random) -> Drawn:
    """One subtraction."""
    name, good = rng.choice(PEOPLE), rng.choice(GOODS)
    a, b = rng.randint(60, 200), rng.randint(11, 55)
    return (
        f"A stall opened with {a} {good}. {name} sold {b} of them. How many {good} are left?",
        str(a - b),
    )


def rows(rng: Random) -> Drawn:
    """One multiplication."""
    a, b = rng.randint(4, 12), rng.randint(6, 19)
    return f"A hall has {a} rows with {b} chairs in each row. How many chairs is that in all?", str(
        a * b
    )


def share(rng: Random) -> Drawn:
    """One exact division."""
    n, each, thing = rng.randint(3, 9), rng.randint(6, 18), rng.choice(THINGS)
    return f"{n} friends share {n * each} {thing} equally. How many does each of them get?", str(
        each
    )


def change(rng: Random) -> Drawn:
    """Two products and a difference."""
    name, (one, two) = rng.choice(PEOPLE), rng.sample(GOODS, 2)
    a, p, b, q = rng.randint(2, 7), rng.randint(3, 12), rng.randint(2, 6), rng.randint(4, 15)
    paid = (a * p + b * q) // 50 * 50 + 50
    text = (
        f"{name} buys {a} {one} at {p} crowns each and {b} {two} at {q} crowns each, "
        f"and pays with {paid} crowns. How many crowns come back?"
    )
    return text, str(paid - a * p - b * q)


def discount(rng: Random) -> Drawn:
    """A percentage off, times a number of pieces."""
    price, off, n = 20 * rng.randint(2, 12), rng.choice((5, 10, 15, 20, 25, 30)), rng.randint(2, 6)
    text = (
        f"A coat costs {price} crowns. In a sale it is {off}% cheaper. "
        f"What do {n} such coats cost in the sale, in crowns?"
    )
    return text, str(price * (100 - off) * n // 100)


def saving(rng: Random) -> Drawn:
    """How many weeks until a sum is reached."""
    name, week, start = rng.choice(PEOPLE), rng.randint(6, 24), rng.randint(15, 60)
    weeks = rng.randint(5, 16)
    text = (
        f"{name} has {start} crowns and puts aside {week} crowns every week. "
        f"After how many weeks will there be {start + week * weeks} crowns?"
    )
    return text, str(weeks)


def boxes(rng: Random) -> Drawn:
    """A product, a loss, and a division that rounds up."""
    crates, each, bad = rng.randint(3, 9), rng.randint(12, 30), rng.randint(3, 20)
    size = rng.randint(7, 11)
    good = crates * each - bad
    text = (
        f"{crates} crates hold {each} pears each. {bad} pears are spoiled and thrown away; the "
        "others "
        f"go into bags of at most {size}. How many bags are needed at least?"
    )
    return text, str(-(-good // size))


def mean_after(rng: Random) -> Drawn:
    """The score that lifts a mean."""
    n, mean, rise = rng.randint(4, 9), rng.randint(61, 80), rng.randint(1, 3)
    text = (
        f"After {n} tests {rng.choice(PEOPLE)} has a mean score of {mean}. "
        f"Which score in the next test raises the mean to {mean + rise}?"
    )
    return text, str((n + 1) * (mean + rise) - n * mean)


def leftovers(rng: Random) -> Drawn | None:
    """Fractions of what remains, worked backwards."""
    d, e, left = rng.randint(3, 6), rng.randint(3, 7), rng.randint(4, 12)
    start = Fraction(left * (e - 1) * d * e, (d - 1) * (e - 1))
    text = (
        f"{rng.choice(PEOPLE)} reads $\\frac{{1}}{{{d}}}$ of a book on Monday and "
        f"$\\frac{{1}}{{{e}}}$ of the remaining pages on Tuesday. Then {left * (e - 1)} pages "
        "are left. "
        "How many pages does the book have?"
    )
    return (text, tex(start)) if (start / d).denominator == 1 else None


def two_taps(rng: Random) -> Drawn:
    """Rates that add up; the answer may be a fraction."""
    a, b = sorted(rng.sample(range(3, 16), 2))
    text = (
        f"One tap alone fills a tank in {a} hours, a second one alone in {b} hours. "
        "How many hours do both need together? Give an exact value."
    )
    return text, tex(Fraction(a * b, a + b))


def up_down(rng: Random) -> Drawn | None:
    """A rise and a fall in per cent, and the original amount from the final one."""
    start, up, down = (
        100 * rng.randint(3, 30),
        rng.choice((10, 20, 30, 50)),
        rng.choice((10, 20, 40)),
    )
    end = Fraction(start * (100 + up) * (100 - down), 10000)
    text = (
        f"The rent of a shop went up by {up}% and a year later down by {down}%. It is now "
        f"{tex(end)} crowns. What was it in the beginning, in crowns?"
    )
    return (text, str(start)) if end.denominator == 1 else None


def late_helper(rng: Random) -> Drawn:
    """Two workers, the second joins late; the total time is asked."""
    a, b, late = rng.randint(8, 18), rng.randint(6, 15), rng.randint(2, 5)
    one, two = rng.sample(PEOPLE, 2)
    text = (
        f"Alone, {one} paints a fence in {a} hours and {two} in {b} hours. {one} starts alone; "
        f"{two} "
        f"joins after {late} hours and both go on to the end. How many hours pass from start to "
        "end? "
        "Give an exact value."
    )
    return text, tex(late + Fraction(a - late, a) / (Fraction(1, a) + Fraction(1, b)))


def clock(rng: Random) -> Drawn:
    """The smaller angle between the hands of a clock."""
    hour, minute = rng.randint(1, 11), rng.choice([m for m in range(4, 60, 2) if m % 10])
    angle = abs(Fraction(60 * hour - 11 * minute, 2)) % 360
    text = (
        "What is the smaller angle, in degrees, between the hour hand and the minute hand of a "
        "clock "
        f"at {hour}:{minute:02d}?"
    )
    return text, tex(min(angle, 360 - angle))


def ages(rng: Random) -> Drawn | None:
    """Two ages from a sum and a ratio at another time."""
    one, two = rng.sample(PEOPLE, 2)
    young, ago, times = rng.randint(9, 24), rng.randint(3, 7), rng.randint(2, 4)
    old = times * (young - ago) + ago
    text = (
        f"{one} and {two} are {young + old} years old together. {ago} years ago {one} was "
        f"{times} times "
        f"as old as {two}. In how many years will the two ages add up to {2 * (young + old)}, and "
        f"how old will {one} be then? Answer with the age of {one} at that time."
    )
    gap = Fraction(young + old, 2)
    return (text, str(old + gap.numerator)) if gap.denominator == 1 and young > ago + 2 else None


def escalator(rng: Random) -> Drawn | None:
    """Steps of a moving staircase from two walks."""
    fast, slow = sorted(rng.sample(range(2, 7), 2), reverse=True)
    own, belt = rng.randint(1, 3), rng.randint(1, 4)
    steps = rng.choice(range(24, 121, 6))
    up_fast, up_slow = (Fraction(steps * v * own, v * own + belt) for v in (fast, slow))
    if up_fast.denominator != 1 or up_slow.denominator != 1:
        return None
    text = (
        f"A person who walks up a moving escalator counts {up_slow} steps to the top. Walking "
        f"${tex(Fraction(fast, slow))}$ times as fast, the same person counts {up_fast} steps. "
        "How many steps would be visible if the escalator stood still?"
    )
    return text, str(steps)


LEVELS: dict[int, list[Maker]] = {
    1: [gain, spend, rows, share],
    2: [change, discount, saving, boxes],
    3: [mean_after, leftovers, two_taps, up_down],
    4: [late_helper, clock, ages, escalator],
}
