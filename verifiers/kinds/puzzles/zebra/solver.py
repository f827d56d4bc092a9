"""Grids of houses in a row, solved: every thing stands in one house, clues are distances.

A clue says how far to the right of `a` the thing `b` may stand: the same house is 0, directly left
of is 1, next to is 1 or -1. Two values of one attribute are never at distance 0.
"""

from collections.abc import Iterator
from typing import NamedTuple

from verifiers.math.parsing.tree import TooBigError

Thing = tuple[str, str]  # attribute and value
MOST_STEPS = 200_000  # assignments tried; the hardest real puzzle needs a few hundred


class Distance(NamedTuple):
    """`b` stands at one of `allowed` houses to the right of `a`."""

    a: Thing
    b: Thing
    allowed: frozenset[int]


class Grid(NamedTuple):
    """A puzzle: houses 1 to `size`, values per attribute, clues, houses that a thing may have."""

    size: int
    attributes: dict[str, list[str]]
    distances: list[Distance]
    houses: list[tuple[Thing, frozenset[int]]]


def solutions(grid: Grid, most: int = 2) -> list[dict[Thing, int]]:
    """The first `most` ways to place every thing; TooBigError beyond `MOST_STEPS`."""
    everywhere = frozenset(range(1, grid.size + 1))
    domains = {(name, value): everywhere for name, vs in grid.attributes.items() for value in vs}
    for thing, houses in grid.houses:
        domains[thing] &= houses
    apart = frozenset(range(-grid.size, grid.size + 1)) - {0}
    links: dict[Thing, list[tuple[Thing, frozenset[int]]]] = {thing: [] for thing in domains}
    for a, b, allowed in grid.distances:
        links[a].append((b, allowed))
        links[b].append((a, frozenset(-distance for distance in allowed)))
    for name, values in grid.attributes.items():
        for value in values:
            links[name, value] += [((name, v), apart) for v in values if v != value]
    steps = [MOST_STEPS]
    found = []
    reduced = _propagated(domains, links, list(domains))
    for solution in _search(reduced, links, steps) if reduced else ():
        found.append(solution)
        if len(found) == most:
            break
    return found


def _search(
    domains: dict[Thing, frozenset[int]],
    links: dict[Thing, list[tuple[Thing, frozenset[int]]]],
    steps: list[int],
) -> Iterator[dict[Thing, int]]:
    open_things = [thing for thing, houses in domains.items() if len(houses) > 1]
    if not open_things:
        yield {thing: next(iter(houses)) for thing, houses in domains.items()}
        return
    thing = min(open_things, key=lambda t: len(domains[t]))
    for house in sorted(domains[thing]):
        steps[0] -= 1
        if steps[0] < 0:
            raise TooBigError("search")
        reduced = _propagated({**domains, thing: frozenset((house,))}, links, [thing])
        if reduced:
            yield from _search(reduced, links, steps)


def _propagated(
    domains: dict[Thing, frozenset[int]],
    links: dict[Thing, list[tuple[Thing, frozenset[int]]]],
    changed: list[Thing],
) -> dict[Thing, frozenset[int]] | None:
    """The domains without houses that some clue excludes; None where a thing has none left."""
    domains = dict(domains)
    while changed:
        thing = changed.pop()
        if not domains[thing]:
            return None
        for other, allowed in links[thing]:
            reach = {house + distance for house in domains[thing] for distance in allowed}
            left = domains[other] & reach
            if left != domains[other]:
                if not left:
                    return None
                domains[other] = left
                changed.append(other)
    return domains
