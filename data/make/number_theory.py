"""Divisors, remainders and digits; every answer is counted or computed outright."""

from math import comb, factorial, gcd, lcm, prod
from random import Random

from data.make.common import Drawn, Maker


def divisors(n: int) -> list[int]:
    """All positive divisors."""
    return [d for d in range(1, n + 1) if n % d == 0]


def common_divisor(rng: Random) -> Drawn | None:
    """A small gcd."""
    g, a, b = rng.randint(2, 12), rng.randint(2, 9), rng.randint(2, 9)
    text = f"What is the greatest common divisor of {g * a} and {g * b}?"
    return (text, str(gcd(g * a, g * b))) if a != b else None


def left_over(rng: Random) -> Drawn:
    """One remainder."""
    n, m = rng.randint(50, 200), rng.randint(3, 12)
    return f"What remainder is left when {n} is divided by {m}?", str(n % m)


def digit_sum(rng: Random) -> Drawn:
    """The sum of the digits of a given number."""
    n = rng.randint(1000, 99999)
    return f"Add up the digits of {n}. What is the sum?", str(sum(map(int, str(n))))


def next_prime(rng: Random) -> Drawn:
    """The smallest prime above a small number."""
    n = rng.randint(10, 90)
    found = next(p for p in range(n + 1, 200) if len(divisors(p)) == 2)
    return f"Which is the smallest prime number greater than {n}?", str(found)


def common_multiple(rng: Random) -> Drawn:
    """An lcm told with two bells."""
    a, b = rng.sample(range(6, 41), 2)
    text = (
        f"Two bells ring together at noon. One rings every {a} minutes, the other every {b} "
        "minutes. "
        "After how many minutes do they next ring together?"
    )
    return text, str(lcm(a, b))


def count_divisors(rng: Random) -> Drawn:
    """The number of divisors."""
    n = prod(rng.choice((2, 2, 3, 3, 5, 7)) for _ in range(rng.randint(3, 5)))
    return f"How many positive divisors does {n} have?", str(len(divisors(n)))


def product_remainder(rng: Random) -> Drawn:
    """The remainder of a product."""
    a, b, m = rng.randint(31, 99), rng.randint(31, 99), rng.randint(7, 19)
    return f"Find the remainder of the product ${a}\\cdot {b}$ on division by {m}.", str(a * b % m)


def multiples(rng: Random) -> Drawn:
    """How many multiples lie in a range."""
    m, low = rng.randint(3, 13), rng.randint(20, 99)
    high = low + rng.randint(60, 200)
    count = sum(n % m == 0 for n in range(low, high + 1))
    return f"How many multiples of {m} lie between {low} and {high}, both included?", str(count)


def power_remainder(rng: Random) -> Drawn:
    """A power modulo a small number."""
    a, n, m = rng.randint(2, 12), rng.randint(15, 90), rng.choice((7, 9, 11, 13))
    return f"What is the remainder when ${a}^{{{n}}}$ is divided by {m}?", str(pow(a, n, m))


def divisor_sum(rng: Random) -> Drawn:
    """The sum of all divisors."""
    n = rng.choice((2, 4, 8, 16)) * rng.choice((3, 9, 5)) * rng.choice((1, 5, 7))
    return f"What is the sum of all positive divisors of {n}?", str(sum(divisors(n)))


def either(rng: Random) -> Drawn:
    """Inclusion and exclusion over two divisors."""
    a, b = rng.sample((4, 6, 8, 9, 10, 12, 14, 15), 2)
    top = rng.randint(150, 600)
    count = sum(n % a == 0 or n % b == 0 for n in range(1, top + 1))
    return (
        f"How many of the integers from 1 to {top} are divisible by {a} or by {b} (or by both)?",
        str(count),
    )


def base_change(rng: Random) -> Drawn:
    """A number written in another base."""
    base, n = rng.randint(3, 9), rng.randint(60, 500)
    digits, rest = "", n
    while rest:
        digits, rest = str(rest % base) + digits, rest // base
    return f"Written in base {base}, a number is {digits}. What is it in base ten?", str(n)


def last_two(rng: Random) -> Drawn:
    """The last two digits of a large power, as a number below 100."""
    a, n = rng.choice((3, 7, 11, 13, 17, 19, 23, 27)), rng.randint(50, 400)
    return f"Find ${a}^{{{n}}}$ modulo 100.", str(pow(a, n, 100))


def two_remainders(rng: Random) -> Drawn | None:
    """The Chinese remainder theorem with three moduli."""
    m = rng.sample((5, 7, 8, 9, 11, 13), 3)
    n = rng.randint(60, prod(m) - 1)
    rests = ", ".join(f"{n % k} when divided by {k}" for k in m)
    return f"What is the smallest positive integer that leaves the remainders {rests}?", str(n)


def digit_count(rng: Random) -> Drawn:
    """How many three-digit numbers have a digit sum and a divisor."""
    s, m = rng.randint(8, 19), rng.choice((2, 4, 5, 7))
    count = sum(sum(map(int, str(n))) == s and n % m == 0 for n in range(100, 1000))
    return f"How many three-digit numbers have digit sum {s} and are divisible by {m}?", str(count)


def prime_in_binomial(rng: Random) -> Drawn | None:
    """The exponent of a prime in a factorial or a binomial coefficient."""
    p, n = rng.choice((2, 3, 5)), rng.randint(20, 60)
    k = rng.randint(5, n // 2)
    whole, text = (
        (comb(n, k), f"the binomial coefficient $\\binom{{{n}}}{{{k}}}$")
        if rng.random() < 0.5
        else (factorial(n), f"${n}!$")
    )
    exponent = next(e for e in range(200) if whole % p ** (e + 1))
    return (
        (f"What is the largest $k$ such that ${p}^k$ divides {text}?", str(exponent))
        if exponent
        else None
    )


LEVELS: dict[int, list[Maker]] = {
    1: [common_divisor, left_over, digit_sum, next_prime],
    2: [common_multiple, count_divisors, product_remainder, multiples],
    3: [power_remainder, divisor_sum, either, base_change],
    4: [last_two, two_remainders, digit_count, prime_in_binomial],
}
