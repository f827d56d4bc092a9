"""Equations and expressions: integers, fractions, and short symbolic answers."""

from fractions import Fraction
from random import Random

from data.make.common import Drawn, Maker, polynomial, root, term, tex


def signed(rng: Random, low: int, high: int) -> int:
    """A non-zero integer of that size with a random sign."""
    return rng.randint(low, high) * rng.choice((1, -1))


def surd(whole: int, outside: int, inside: int) -> str:
    """A sum such as 3+2\\sqrt{5}."""
    tail = term(outside, f"\\sqrt{{{inside}}}")
    return f"{whole}+{tail}".replace("+-", "-") if whole else tail


def linear(rng: Random) -> Drawn:
    """A one-sided linear equation with an integer solution."""
    a, x, b = rng.randint(2, 9), rng.randint(2, 12), signed(rng, 1, 20)
    return f"Solve ${polynomial([a, b])}={a * x + b}$ for $x$.", str(x)


def value(rng: Random) -> Drawn:
    """A linear function at a point."""
    a, b, x = rng.randint(2, 9), signed(rng, 1, 15), rng.randint(2, 11)
    return f"Let $f(x)={polynomial([a, b])}$. What is $f({x})$?", str(a * x + b)


def collect(rng: Random) -> Drawn:
    """Like terms."""
    a, b, c = rng.randint(2, 9), rng.randint(2, 9), rng.randint(1, 12)
    return f"Simplify ${a}x+{c}+{b}x$ as far as possible.", polynomial([a + b, c])


def unknown(rng: Random) -> Drawn:
    """A linear equation told in words."""
    a, x, b = rng.randint(2, 6), rng.randint(3, 20), rng.randint(2, 25)
    return (
        f"I multiply a number by {a} and add {b}. The result is {a * x + b}. Which number was it?",
        str(x),
    )


def both_sides(rng: Random) -> Drawn | None:
    """The unknown on both sides, the answer usually a fraction."""
    a, c = rng.sample(range(2, 12), 2)
    b, d = signed(rng, 1, 15), signed(rng, 1, 15)
    text = f"Find the exact solution $x$ of ${polynomial([a, b])}={polynomial([c, d])}$."
    return (text, tex(Fraction(d - b, a - c))) if d != b else None


def expand(rng: Random) -> Drawn | None:
    """A product of two binomials."""
    a, b = signed(rng, 1, 9), signed(rng, 1, 9)
    left, right = polynomial([1, a]), polynomial([1, b])
    return (
        (f"Expand and simplify: $({left})({right})$.", polynomial([1, a + b, a * b]))
        if a < b
        else None
    )


def simplify_root(rng: Random) -> Drawn:
    """A square root with a square factor."""
    k, m = rng.randint(2, 9), rng.choice((2, 3, 5, 6, 7, 10))
    return f"Write $\\sqrt{{{k * k * m}}}$ in its simplest form.", surd(0, k, m)


def sum_difference(rng: Random) -> Drawn:
    """Two numbers from their sum and difference."""
    x, y = sorted(rng.sample(range(3, 60), 2))
    text = f"Two numbers add up to {x + y} and differ by {y - x}. What is their product?"
    return text, str(x * y)


def larger_root(rng: Random) -> Drawn | None:
    """A quadratic with one integer and one fractional root."""
    a, p, q, n = rng.randint(2, 4), rng.randint(-9, 9), 1, signed(rng, 1, 9)
    roots = (Fraction(p, q), Fraction(n, a))
    if roots[0] == roots[1] or roots[1].denominator == 1:
        return None
    equation = polynomial([a, -(a * p + n), p * n])
    return f"What is the larger solution of ${equation}=0$?", tex(max(roots))


def system(rng: Random) -> Drawn | None:
    """Two linear equations in two unknowns."""
    x, y = signed(rng, 1, 9), signed(rng, 1, 9)
    a, b, c, d = rng.randint(2, 7), rng.randint(2, 7), rng.randint(2, 7), -rng.randint(2, 7)
    text = (
        f"The numbers $x$ and $y$ satisfy ${a}x+{b}y={a * x + b * y}$ and "
        f"${c}x-{-d}y={c * x + d * y}$. What is $x+y$?"
    )
    return text, str(x + y)


def reciprocal(rng: Random) -> Drawn:
    """The square (or cube) of a sum with its reciprocal."""
    k, power = rng.randint(3, 12), rng.choice((2, 3))
    text = f"Suppose $x+\\frac{{1}}{{x}}={k}$. Find $x^{power}+\\frac{{1}}{{x^{power}}}$."
    return text, str(k * k - 2 if power == 2 else k**3 - 3 * k)


def squares_of_roots(rng: Random) -> Drawn:
    """Vieta: the sum of the squares of the roots."""
    s, p = signed(rng, 2, 12), signed(rng, 1, 15)
    text = f"Let $r$ and $s$ be the roots of ${polynomial([1, -s, p])}$. What is $r^2+s^2$?"
    return text, str(s * s - 2 * p)


def surd_root(rng: Random) -> Drawn | None:
    """A quadratic whose larger root contains a square root."""
    p, d = signed(rng, 1, 8), rng.randint(2, 75)
    outside, inside = root(d)
    text = (
        f"Find the larger solution of ${polynomial([1, -2 * p, p * p - d])}=0$ in simplest "
        "radical form."
    )
    return (text, surd(p, outside, inside)) if inside > 1 and outside > 1 and p * p != d else None


def fifth_powers(rng: Random) -> Drawn:
    """A long recurrence: s_n = k s_(n-1) - s_(n-2)."""
    k, n = rng.randint(3, 8), rng.choice((5, 6))
    values = [2, k]
    while len(values) <= n:
        values.append(k * values[-1] - values[-2])
    text = f"If $t+\\frac{{1}}{{t}}={k}$, what is the value of $t^{n}+\\frac{{1}}{{t^{n}}}$?"
    return text, str(values[n])


def nested(rng: Random) -> Drawn | None:
    """A nested radical that opens up."""
    a, b = sorted(rng.sample((2, 3, 5, 6, 7, 10, 11, 13, 14, 15), 2))
    outside, inside = root(a * b)
    if inside == 1:
        return None
    middle = term(2 * outside, f"\\sqrt{{{inside}}}")
    text = f"Write $\\sqrt{{{a + b}+{middle}}}$ as a sum of two square roots of integers."
    return text, f"\\sqrt{{{a}}}+\\sqrt{{{b}}}"


def remainder(rng: Random) -> Drawn:
    """The remainder of a high power on division by a quadratic with integer roots."""
    a, b, n = rng.choice((1, -1)), rng.choice((2, -2, 3)), rng.randint(6, 9)
    slope = (b**n - a**n) // (b - a)
    text = (
        f"Find the remainder, as a polynomial in $x$, when $x^{n}$ is divided by "
        f"${polynomial([1, -a - b, a * b])}$."
    )
    return text, polynomial([slope, a**n - slope * a])


LEVELS: dict[int, list[Maker]] = {
    1: [linear, value, collect, unknown],
    2: [both_sides, expand, simplify_root, sum_difference],
    3: [larger_root, system, reciprocal, squares_of_roots],
    4: [surd_root, fifth_powers, nested, remainder],
}
