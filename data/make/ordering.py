"""Ordering puzzles: clues about who stands where, exactly one order fits; multiple choice."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from random import Random

from data.make.common import PEOPLE, Drawn, Maker, choose, join

Order = tuple[int, ...]
"""Position (0 is first) of every name."""
Clue = tuple[str, Callable[[Order], bool]]
SIZES = {1: 4, 2: 4, 3: 5, 4: 6}
RANKS = ("first", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True)
class Scene:
    """The words of one setting."""

    intro: str
    before: str
    at: str
    question: str
    names: tuple[str, ...] = PEOPLE


SCENES = (
    Scene(
        "{names} ran a race; no two of them finished together.",
        "finished {some}before",
        "finished",
        "Who finished {rank}?",
    ),
    Scene(
        "{names} queue at a counter, one behind the other.",
        "stands {some}ahead of",
        "stands",
        "Who stands {rank} in the queue, counted from the front?",
    ),
    Scene(
        "The {names} books stand in a row on a shelf.",
        "stands {some}to the left of",
        "stands",
        "Which book is the {rank} from the left?",
        ("red", "blue", "green", "white", "black", "yellow", "brown", "purple"),
    ),
    Scene(
        "{names} were born in different years.",
        "was born {some}before",
        "was born",
        "Who was born {rank}?",
    ),
    Scene(
        "The towns {names} lie along one road; a traveller comes to each of them once.",
        "is reached {some}before",
        "is reached",
        "Which town is reached {rank}?",
        ("Alder", "Birkby", "Corran", "Dunmore", "Eskdale", "Fenwick", "Garth", "Holm"),
    ),
)


def gaps(a: int, b: int, wanted: Callable[[int], bool]) -> Callable[[Order], bool]:
    """A condition on how many places the second name comes after the first."""
    return lambda order: wanted(order[b] - order[a])


def place(a: int, rank: int, wanted: bool) -> Callable[[Order], bool]:
    """Whether a name stands at a place, or does not."""
    return lambda order: (order[a] == rank) == wanted


def clues(level: int, scene: Scene, called: list[str], order: Order) -> list[Clue]:
    """All true clues of the kinds that the level allows."""
    n, found = len(order), list[Clue]()
    before = scene.before.format(some="")
    for a in range(n):
        for b in range(n):
            if order[a] < order[b]:
                words = f"{called[a]} {before} {called[b]}"
                found.append((words, gaps(a, b, lambda gap: gap > 0)))
            gap = order[b] - order[a]
            if gap == 1 or (gap == 2 and level > 2):
                some = ("immediately ", "exactly two places ")[gap - 1]
                words = f"{called[a]} {scene.before.format(some=some)} {called[b]}"
                found.append((words, gaps(a, b, gap.__eq__)))
            if abs(gap) > 1 and a < b and level > 2:
                words = f"{called[a]} and {called[b]} are not next to each other in the order"
                found.append((words, gaps(a, b, lambda gap: abs(gap) > 1)))
        if level < 3:
            words = f"{called[a]} {scene.at} {RANKS[order[a]]}"
            found.append((words, place(a, order[a], True)))
        for rank in (0, n - 1):
            if order[a] != rank and level > 1:
                word = "first" if rank == 0 else "last"
                words = f"It is not true that {called[a]} {scene.at} {word}"
                found.append((words, place(a, rank, False)))
    return found


def minimal(rng: Random, pool: list[Clue], n: int) -> list[Clue]:
    """Shuffled clues that leave one order, none of them needless."""
    rng.shuffle(pool)
    worlds, kept = list(permutations(range(n))), list[Clue]()
    for clue in pool:
        left = [w for w in worlds if clue[1](w)]
        if len(left) < len(worlds):
            worlds, kept = left, [*kept, clue]
    for clue in list(kept):
        fewer = [c for c in kept if c is not clue]
        if sum(all(c[1](w) for c in fewer) for w in permutations(range(n))) == 1:
            kept = fewer
    return kept


def maker(level: int, scene: Scene) -> Maker:
    """A maker of puzzles of one level in one scene."""

    def make(rng: Random) -> Drawn | None:
        """Draw an order and clues, ask for a place that no clue gives outright."""
        n = SIZES[level]
        names = rng.sample(scene.names, n)
        called = [f"the {name} book" for name in names] if "books" in scene.intro else names
        order = tuple(rng.sample(range(n), n))
        kept = minimal(rng, clues(level, scene, called, order), n)
        if level == 1:
            kept.sort(key=lambda c: "before" in c[0])
        asked = rng.randrange(n)
        if any(words.endswith(f"{scene.at} {RANKS[asked]}") for words, _ in kept):
            return None
        lines = [scene.intro.format(names=join(names))]
        lines += [words[0].upper() + words[1:] + "." for words, _ in kept]
        lines.append(scene.question.format(rank=RANKS[asked]))
        right = names[order.index(asked)]
        wrong = [name for name in names if name != right]
        return choose(rng, "\n".join(lines), right, rng.sample(wrong, min(4, n - 1)))

    return make


LEVELS: dict[int, list[Maker]] = {
    level: [maker(level, scene) for scene in SCENES] for level in SIZES
}
