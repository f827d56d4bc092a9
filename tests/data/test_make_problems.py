"""The sample problems: every answer is found again here, by other means than the makers used."""

import itertools
import math
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sympy

from data.make import problems

ROWS = problems.table(7, each=9).to_pylist()
"""More than ship, so that every maker has its turn."""

RANKS = ("first", "second", "third", "fourth", "fifth", "sixth")


def of(prefix: str) -> list[dict[str, str]]:
    return [row for row in ROWS if row["source_id"].startswith(prefix)]


def options(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\(([A-E])\) (.*)$", text, re.MULTILINE))


def numbers(text: str) -> list[Fraction]:
    return [
        Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?", text.replace("^3", "").replace("^2", ""))
    ]


# The table as a whole


def test_shape_of_the_table() -> None:
    assert len(ROWS) == 324
    assert Counter(row["domain"] for row in ROWS) == {"math": 108, "logic": 72, "science": 144}
    assert {row["level"] for row in ROWS} == {"1", "2", "3", "4"}
    assert len({row["source_id"] for row in ROWS}) == len(ROWS)
    assert len({row["problem"].casefold() for row in ROWS}) == len(ROWS)
    assert all(isinstance(value, str) and value for row in ROWS for value in row.values())
    assert all(len(row["answer"]) <= 20 for row in ROWS)


def test_same_seed_gives_the_same_bytes_and_another_seed_other_problems(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b", "c")]
    for file, seed in zip(files, (7, 7, 8), strict=True):
        pq.write_table(problems.table(seed), file, compression="zstd")
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_the_file_that_ships_is_the_one_the_script_makes() -> None:
    shipped = pq.read_table(problems.OUT).to_pylist()
    assert shipped == problems.table(7).to_pylist() == [row for row in ROWS if row in shipped]


def test_no_two_problems_are_near_duplicates() -> None:
    """Not for a deduplication by word 5-grams at 0.8 either."""

    def grams(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.casefold())
        return set(itertools.pairwise(zip(words, words[1:], words[2:], words[3:], strict=False)))

    shingles = [grams(row["problem"]) for row in ROWS]
    for one, two in itertools.combinations(shingles, 2):
        assert len(one & two) < 0.8 * max(1, len(one | two))


def test_answer_letters_are_spread() -> None:
    letters = Counter(row["answer"] for row in ROWS if row["answer_kind"] == "choice")
    assert max(letters.values()) < 35


# Knights and knaves


def truth(claim: str, me: str, kinds: dict[str, bool]) -> bool:
    """Whether a claim holds, read from its words."""
    if found := re.fullmatch(r"(\w+) is a (knight|knave)", claim):
        return kinds[found[1]] == (found[2] == "knight")
    if found := re.fullmatch(r"(\w+) and (\w+) are of (the same kind|different kinds)", claim):
        other = me if found[2] == "I" else found[2]
        return (kinds[found[1]] == kinds[other]) == (found[3] == "the same kind")
    if found := re.fullmatch(r"At least one of (\w+) and (\w+) is a knave", claim):
        return not kinds[found[1]] or not kinds[found[2]]
    if found := re.fullmatch(r"If (\w+) is a knight, then (\w+) is a knave", claim):
        return not kinds[found[1]] or not kinds[found[2]]
    found = re.fullmatch(
        r"(Exactly|At least) (one|two|three|four) of us (?:is|are) knights?", claim
    ) or (re.fullmatch(r"(Exactly|At least) (one) of us is a knight", claim))
    assert found, claim
    wanted = ("one", "two", "three", "four").index(found[2]) + 1
    knights = sum(kinds.values())
    return knights == wanted if found[1] == "Exactly" else knights >= wanted


@pytest.mark.parametrize("row", of("knights"), ids=lambda row: row["source_id"])
def test_knights_have_one_solution_and_it_is_the_answer(row: dict[str, str]) -> None:
    said = re.findall(r'^(\w+)(?: says| tells you)?: "(.*)\."$', row["problem"], re.MULTILINE)
    given = dict(re.findall(r"You know that (\w+) is a (knight|knave)\.", row["problem"]))
    names = [name for name, _ in said]
    fits = []
    for world in itertools.product((True, False), repeat=len(names)):
        kinds = dict(zip(names, world, strict=True))
        if all(truth(claim, name, kinds) == kinds[name] for name, claim in said) and all(
            kinds[name] == (kind == "knight") for name, kind in given.items()
        ):
            fits.append({name for name in names if kinds[name]})
    assert len(fits) == 1
    lists = options(row["problem"])
    named = {
        letter: set() if text == "Nobody" else set(re.split(r", | and ", text))
        for letter, text in lists.items()
    }
    assert len(lists) == len({frozenset(found) for found in named.values()}) == 5
    assert [letter for letter, found in named.items() if found == fits[0]] == [row["answer"]]


# Orders


def holds(clue: str, order: list[str]) -> bool:
    """Whether a clue of the text fits an order of names, first to last."""
    clue = re.sub(r"\b[Tt]he (\w+) book", r"\1", clue)
    if found := re.fullmatch(r"It is not true that (\w+) .* (first|last)", clue):
        return order.index(found[1]) != (0 if found[2] == "first" else len(order) - 1)
    if found := re.fullmatch(r"(\w+) and (\w+) are not next to each other in the order", clue):
        return abs(order.index(found[1]) - order.index(found[2])) > 1
    if found := re.fullmatch(r"(\w+) .*?(?:before|ahead of|to the left of) (\w+)", clue):
        gap = order.index(found[2]) - order.index(found[1])
        if "immediately" in clue:
            return gap == 1
        return gap == 2 if "exactly two places" in clue else gap > 0
    found = re.fullmatch(rf"(\w+) .* ?({'|'.join(RANKS)})", clue)
    assert found, clue
    return order.index(found[1]) == RANKS.index(found[2])


@pytest.mark.parametrize("row", of("ordering"), ids=lambda row: row["source_id"])
def test_orders_have_one_solution_and_it_is_the_answer(row: dict[str, str]) -> None:
    intro, *clues, question = re.sub(r"\n\([A-E]\).*", "", row["problem"]).split("\n")
    capitals = re.findall(r"\b[A-Z][a-z]+\b", intro.removeprefix("The towns"))
    colours = re.findall(r"\b(red|blue|green|white|black|yellow|brown|purple)\b", intro)
    names = colours if "books" in intro else capitals
    fits = [
        list(order)
        for order in itertools.permutations(names)
        if all(holds(clue.rstrip("."), list(order)) for clue in clues)
    ]
    assert len(fits) == 1
    (rank,) = [n for n, word in enumerate(RANKS) if re.search(rf"\b{word}\b", question)]
    named = options(row["problem"])
    assert len(named) in (4, 5)
    assert named[row["answer"]] == fits[0][rank]


# Mathematics


def value(text: str) -> sympy.Expr:
    """Read the little LaTeX that the answers and equations use."""
    text = re.sub(r"\\frac\{(-?\w+)\}\{(\w+)\}", r"((\1)/(\2))", text)
    while "\\sqrt" in text:
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
    text = text.replace("^", "**")
    text = re.sub(r"(\d|\))(?=[a-z(])", r"\1*", text)
    return sympy.sympify(re.sub(r"\bsqrt\*", "sqrt", text), rational=True)


def test_equations_are_solved_by_their_answer() -> None:
    x, checked = sympy.Symbol("x"), 0
    for row in of("algebra"):
        found = re.search(r"\$([^$=]*x[^$=]*)=([^$=]*)\$", row["problem"])
        if not found or not re.search(r"olve|olution", row["problem"]):
            continue
        roots = sympy.solve(value(found[1]) - value(found[2]), x)
        assert sympy.simplify(max(roots) - value(row["answer"])) == 0, row
        checked += 1
    assert checked >= 12


def test_expressions_are_equal_to_their_answer() -> None:
    x, checked = sympy.Symbol("x"), 0
    for row in of("algebra"):
        formulas = re.findall(r"\$([^$]*)\$", row["problem"])
        if row["problem"].startswith(("Expand", "Simplify", "Write")):
            assert sympy.expand(value(formulas[0]) - value(row["answer"])).equals(0), row
        elif "remainder" in row["problem"]:
            rest = sympy.rem(value(formulas[1]), value(formulas[2]), x)
            assert sympy.expand(rest - value(row["answer"])) == 0, row
        elif "\\frac{1}{" in row["problem"]:
            name = re.search(r"[xt]", formulas[0])
            assert name
            symbol = sympy.Symbol(name[0])
            sum_, wanted = formulas[0].split("=")
            start = sympy.solve(value(sum_) - value(wanted), symbol)[0]
            power = int(re.findall(r"\^(\d)", row["problem"])[0])
            assert sympy.simplify(start**power + start**-power - value(row["answer"])) == 0, row
        else:
            continue
        checked += 1
    assert checked == 14


def test_number_theory_by_counting() -> None:
    forms = (
        (r"common divisor of (\d+) and (\d+)", math.gcd),
        (r"when (\d+) is divided by (\d+)", lambda n, m: n - n // m * m),
        (r"digits of (\d+)\.", lambda n: sum(int(d) for d in str(n))),
        (r"prime number greater than (\d+)", sympy.nextprime),
        (r"every (\d+) minutes.* every (\d+) minutes", lambda a, b: a * b // math.gcd(a, b)),
        (r"How many positive divisors does (\d+)", sympy.divisor_count),
        (r"product \$(\d+)\\cdot (\d+)\$ on division by (\d+)", lambda a, b, m: a * b % m),
        (r"multiples of (\d+) lie between (\d+) and (\d+)", lambda m, a, b: b // m - (a - 1) // m),
        (r"when \$(\d+)\^\{(\d+)\}\$ is divided by (\d+)", lambda a, n, m: a**n % m),
        (r"sum of all positive divisors of (\d+)", sympy.divisor_sigma),
        (
            r"from 1 to (\d+) are divisible by (\d+) or by (\d+)",
            lambda n, a, b: n // a + n // b - n // math.lcm(a, b),
        ),
        (r"Written in base (\d+), a number is (\d+)", lambda b, n: int(str(n), b)),
        (r"Find \$(\d+)\^\{(\d+)\}\$ modulo", lambda a, n: a**n % 100),
        (r"divides \$(\d+)!\$", None),
    )
    checked = 0
    for row in of("number-theory"):
        for pattern, answer in forms:
            found = re.search(pattern, row["problem"])
            if found and answer:
                assert answer(*map(int, found.groups())) == int(row["answer"]), row
                checked += 1
        if row["problem"].startswith("What is the smallest positive integer"):
            pairs = re.findall(r"(\d+) when divided by (\d+)", row["problem"])
            n = next(n for n in itertools.count(1) if all(n % int(m) == int(r) for r, m in pairs))
            assert n == int(row["answer"])
            checked += 1
    assert checked == 32


def test_arithmetic_of_some_forms() -> None:
    checked = 0
    for row in of("arithmetic"):
        n, answer = numbers(row["problem"]), value(row["answer"])
        text = row["problem"]
        if "is given" in text:
            assert answer == n[0] + n[1]
        elif "A stall" in text:
            assert answer + n[1] == n[0]
        elif "rows with" in text:
            assert answer == n[0] * n[1]
        elif "share" in text:
            assert answer * n[0] == n[1]
        elif "crowns come back" in text:
            assert answer + n[0] * n[1] + n[2] * n[3] == n[4]
        elif "puts aside" in text:
            assert n[0] + n[1] * answer == n[2]
        elif "is painted" in text or "paints a fence" in text:
            late = n[2]
            assert answer / n[0].numerator + (answer - late) / n[1].numerator == 1
        elif "One tap" in text:
            assert answer / n[0].numerator + answer / n[1].numerator == 1
        elif "rent" in text:
            assert answer * (100 + n[0]) * (100 - n[1]) == 10000 * n[2]
        elif "pages" in text:
            rest = (
                answer
                * (1 - 1 / sympy.Integer(n[1].numerator))
                * (1 - 1 / sympy.Integer(n[3].numerator))
            )
            assert rest == n[4]
        else:
            continue
        checked += 1
    assert checked == 23


# Science


def test_science_answers_are_short_exact_decimals_of_a_named_unit() -> None:
    for row in ROWS:
        if row["domain"] == "science":
            assert re.fullmatch(r"\d+(\.\d{1,2})?", row["answer"])
            assert re.search(
                r"(Give the number|Answer|State the result|your answer) in ", row["problem"]
            )


def test_science_of_some_forms() -> None:
    forms = (
        (r"steady (\d+) m/s for (\d+) s", lambda v, t: v * t),
        (r"covers (\d+) km in (\d+) hours", lambda s, t: s / t),
        (r"at (\d+) m/s accelerates at ([\d.]+) m/s\^2 for (\d+) s", lambda u, a, t: u + a * t),
        (r"at (\d+) km/h and back .* at (\d+) km/h", lambda a, b: 2 / (1 / a + 1 / b)),
        (
            r"slope at (\d+) m/s and .* ([\d.]+) m/s\^2\. How far does it travel in (\d+) s",
            lambda u, a, t: (u + u + a * t) / 2 * t,
        ),
        (r"volume of (\d+) cm\^3 and a density of (\d+)", lambda v, d: v * d),
        (r"weighs (\d+) g and takes up (\d+) cm", lambda m, v: m / v),
        (r"is ([\d.]+) km long", lambda s: s * 1000),
        (r"lasts (\d+) hours and (\d+) minutes", lambda h, m: h * 60 + m),
        (r"hare runs at ([\d.]+) km/h", lambda v: v * 1000 / 3600),
        (r"measures (\d+) cm by (\d+) cm", lambda a, b: a / 100 * b / 100),
        (r"dissolved in (\d+) g .* is (\d+)%", lambda m, p: m * p / 100),
        (r"(\d+) g of sugar .* into (\d+) g", lambda s, w: 100 * s / (s + w)),
        (r"(\d+) ml of water .* to (\d+) ml of a (\d+)%", lambda w, v, p: v * p / (v + w)),
        (
            r"(\d+) g of a (\d+)% .* and (\d+) g of a (\d+)%",
            lambda v, p, w, q: (v * p + w * q) / (v + w),
        ),
        (
            r"content of (\d+)% .* is (\d+)%\. .* of (\d+) kg",
            lambda wet, dry, m: m * (100 - wet) / (100 - dry),
        ),
    )
    checked = 0
    for row in ROWS:
        for pattern, answer in forms if row["domain"] == "science" else ():
            if found := re.search(pattern, row["problem"]):
                assert answer(*map(Fraction, found.groups())) == Fraction(row["answer"]), row
                checked += 1
    assert checked == 73
