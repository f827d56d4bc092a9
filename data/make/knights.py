"""Knights and Knaves: knights always tell the truth, knaves always lie; exactly one solution.

A statement is a pair of its words and its truth under an assignment. Every puzzle is kept only if
trying all assignments leaves one. Level 1 gives one kind away; level 4 has five speakers.
"""

from collections.abc import Callable
from itertools import product
from random import Random

from data.make.common import PEOPLE, Drawn, Maker, choose, join

World = tuple[bool, ...]
Claim = tuple[str, Callable[[World], bool]]
SPEAKERS = {1: 3, 2: 3, 3: 4, 4: 5}
SETTINGS = (
    "On an island every inhabitant is either a knight, who always tells the truth, or a knave, "
    "who always lies. You meet {names}.",
    "In a certain town there are only knights (everything they say is true) and knaves "
    "(everything they say is false). {names} live there.",
    "Knights never lie and knaves never tell the truth. {names} are each one or the other.",
    "{names} sit around a table. Each of them is a knight or a knave: what a knight says is true, "
    "what a knave says is false.",
)
VERBS = ('{name} says: "{words}."', '{name}: "{words}."', '{name} tells you: "{words}."')
QUESTIONS = ("Who are the knights?", "Which list names all the knights, and nobody else?")
NUMBERS = ("None", "One", "Two", "Three", "Four", "Five")


def about_one(rng: Random, names: list[str], me: int) -> Claim:
    """Somebody else is a knight, or a knave."""
    other, kind = rng.choice([i for i in range(len(names)) if i != me]), rng.random() < 0.5
    word = "knight" if kind else "knave"
    return f"{names[other]} is a {word}", lambda world: world[other] == kind


def about_two(rng: Random, names: list[str], me: int) -> Claim:
    """Two of the speakers are alike, different, or at least one of them is of a kind."""
    a, b = rng.sample([i for i in range(len(names)) if i != me], 2)
    if rng.random() < 0.3:
        return f"{names[a]} and I are of the same kind", lambda world: world[a] == world[me]
    one, two = names[a], names[b]
    claims: list[Claim] = [
        (f"{one} and {two} are of the same kind", lambda world: world[a] == world[b]),
        (f"{one} and {two} are of different kinds", lambda world: world[a] != world[b]),
        (f"At least one of {one} and {two} is a knave", lambda world: not (world[a] and world[b])),
        (f"If {one} is a knight, then {two} is a knave", lambda world: not (world[a] and world[b])),
    ]
    return rng.choice(claims)


def about_count(rng: Random, names: list[str], _me: int) -> Claim:
    """How many of all the speakers are knights."""
    n = rng.randint(1, len(names) - 1)
    verb = "is a knight" if n == 1 else "are knights"
    if rng.random() < 0.5:
        return f"Exactly {NUMBERS[n].lower()} of us {verb}", lambda world: sum(world) == n
    return f"At least {NUMBERS[n].lower()} of us {verb}", lambda world: sum(world) >= n


FORMS = {
    1: (about_one,),
    2: (about_one, about_one, about_two),
    3: (about_one, about_two, about_two, about_count),
    4: (about_two, about_two, about_count),
}


def solutions(claims: list[Claim], given: tuple[int, bool] | None) -> list[World]:
    """Every assignment in which exactly the knights' claims are true."""
    return [
        world
        for world in product((False, True), repeat=len(claims))
        if all(claim[1](world) == kind for claim, kind in zip(claims, world, strict=True))
        and (given is None or world[given[0]] == given[1])
    ]


def options(rng: Random, names: list[str], right: World) -> tuple[str, list[str]]:
    """The right list of knights and four others, the nearest assignments first."""
    worlds = [w for w in product((False, True), repeat=len(names)) if w != right]
    rng.shuffle(worlds)
    worlds.sort(key=lambda w: sum(a != b for a, b in zip(w, right, strict=True)) > 2)
    lists = [
        join([name for name, kind in zip(names, w, strict=True) if kind]) if any(w) else "Nobody"
        for w in (right, *worlds[:4])
    ]
    return lists[0], lists[1:]


def maker(level: int) -> Maker:
    """A maker of puzzles of one level."""

    def make(rng: Random) -> Drawn | None:
        """Draw statements until they fit, ask who the knights are."""
        names = rng.sample(PEOPLE, SPEAKERS[level])
        claims = [rng.choice(FORMS[level])(rng, names, me) for me in range(len(names))]
        given = (rng.randrange(len(names)), rng.random() < 0.7) if level == 1 else None
        found = solutions(claims, given)
        if len(found) != 1 or (level == 1 and len(solutions(claims, None)) < 2):
            return None
        lines = [rng.choice(SETTINGS).format(names=join(names))]
        if given:
            lines.append(
                f"You know that {names[given[0]]} is a {'knight' if given[1] else 'knave'}."
            )
        verb = rng.choice(VERBS)
        lines += [
            verb.format(name=name, words=words)
            for name, (words, _) in zip(names, claims, strict=True)
        ]
        lines.append(rng.choice(QUESTIONS))
        return choose(rng, "\n".join(lines), *options(rng, names, found[0]))

    return make


LEVELS: dict[int, list[Maker]] = {level: [maker(level)] for level in SPEAKERS}
