"""The words of a zebra puzzle as a grid: houses, attributes, and clues as distances.

Reads puzzles that list their values (" - People have unique heights: `short`, `tall`") and number
their clues. A clue's phrase ("the person who paints as a hobby") is matched with the values
listed, by whole words and their stems; where two attributes share a value, by the attribute's own
words.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from verifiers.kinds.puzzles.zebra.solver import Distance, Grid, Thing
from verifiers.math.parsing.tree import UnreadableError

_SIZE = re.compile(r"\b(?:There are|are) (\d{1,2}|two|three|four|five|six|seven) houses\b", re.I)
_LISTED = re.compile(r"^\s*[-*]\s*(?P<label>[^:`]+):\s*(?P<values>`[^\n]*)", re.MULTILINE)
_CLUE = re.compile(r"^\s*\d{1,2}[.)]\s+(?P<clue>.+?)\.?\s*$", re.MULTILINE)
_COUNT = {word: n for n, word in enumerate("zero one two three four five six seven".split())}
_ORDINAL = {
    word: n for n, word in enumerate("first second third fourth fifth sixth seventh".split(), 1)
}
_FAR = frozenset(range(1, 10))
_RELATIONS = (
    (r"is directly left of|is immediately to the left of|is directly to the left of", {1}),
    (r"is directly right of|is immediately to the right of|is directly to the right of", {-1}),
    (r"is somewhere to the left of|is to the left of", _FAR),
    (r"is somewhere to the right of|is to the right of", {-n for n in _FAR}),
    (r"is next to|lives next to|is adjacent to", {-1, 1}),
    (r"is not|is different from", {n for n in range(-9, 10) if n}),
    (r"is", {0}),
)
_BETWEEN = re.compile(r"there (?:is|are) (\w+) houses? between (?P<rest>.+)", re.I)
_NEIGHBOURS = re.compile(r"(?P<rest>.+) are next to each other", re.I)
_HOUSE = re.compile(
    r"(?P<a>.+) is (?P<not>not )?in (?:the (?P<word>\w+) house|house (?P<n>\d))", re.I
)
_STOP = frozenset(
    "a an and are each everyone has have in is keep keeps of own owns people person prefer prefers"
    " something the their they all type use uses who with unique different houses lives level by"
    " accompanied for s name names".split()
)
_KEEPER = re.compile(r"\b(?:lover|owner|keeper|enthusiast|keeps)\b")  # of an animal, not of a pet


def read_grid(puzzle: str) -> Grid:
    """The grid; UnreadableError where the puzzle or one of its clues is not understood."""
    size = _SIZE.search(puzzle)
    listed = {
        match["label"].strip(): re.findall(r"`([^`]+)`", match["values"])
        for match in _LISTED.finditer(puzzle)
    }
    _, marked, clues = puzzle.partition("Clues")
    if not size or not listed or not marked:
        raise UnreadableError("no grid")
    houses = int(size[1]) if size[1].isdigit() else _COUNT[size[1].lower()]
    if any(len(values) != houses for values in listed.values()):
        raise UnreadableError("an attribute without a value for every house")
    grid = Grid(houses, listed, [], [])
    for match in _CLUE.finditer(clues):
        _add(grid, match["clue"])
    return grid


def _add(grid: Grid, clue: str) -> None:
    """Add a clue to the grid: the house of a thing, or the distance between two.

    The forms are tried from the most to the least specific. Raises UnreadableError for others.
    """
    house = _HOUSE.fullmatch(clue)
    if house:
        at = int(house["n"]) if house["n"] else _ORDINAL.get(house["word"].lower())
        if at is None:
            raise UnreadableError(clue)
        everywhere = frozenset(range(1, grid.size + 1))
        grid.houses.append(
            (_thing(house["a"], grid), everywhere - {at} if house["not"] else frozenset((at,)))
        )
        return
    between = _BETWEEN.fullmatch(clue)
    if between and between[1].lower() in _COUNT:
        gap = _COUNT[between[1].lower()] + 1
        grid.distances.append(_pair(between["rest"], r"and", {-gap, gap}, grid))
        return
    together = _NEIGHBOURS.fullmatch(clue)
    if together:
        grid.distances.append(_pair(together["rest"], r"and", {-1, 1}, grid))
        return
    for joint, allowed in _RELATIONS:
        if re.search(rf"\b(?:{joint})\b", clue):
            grid.distances.append(_pair(clue, joint, allowed, grid))
            return
    raise UnreadableError(clue)


def _pair(clue: str, joint: str, allowed: set[int] | frozenset[int], grid: Grid) -> Distance:
    """The clue's two things: every way to cut it at a joint that leaves one on either side agrees.

    "The person whose birthday is in May is Ann" holds two joints.
    """
    found = set()
    for match in re.finditer(rf"\b(?:{joint})\b", clue):
        try:
            sides = _thing(clue[: match.start()], grid), _thing(clue[match.end() :], grid)
        except UnreadableError:
            continue
        if sides[0] != sides[1]:
            found.add(Distance(*sides, frozenset(allowed)))
    if len(found) != 1:
        raise UnreadableError(clue)
    return found.pop()


def _thing(phrase: str, grid: Grid) -> Thing:
    """The one value that a phrase names; UnreadableError for none or several."""
    hits = [
        (score, name, value)
        for name, values in grid.attributes.items()
        for score, value in mentions(phrase, values)
    ]
    best = max((score for score, _, _ in hits), default=0)
    if any(0 < score < best and not _inside(v, hits, best) for score, _, v in hits):
        raise UnreadableError(phrase)
    hits = [hit for hit in hits if hit[0] == best]
    if len(hits) > 1:
        marks = [_marks(phrase, name) for _, name, _ in hits]
        hits = [hit for hit, mark in zip(hits, marks, strict=True) if mark == max(marks)]
    if len(hits) != 1:
        raise UnreadableError(phrase)
    return hits[0][1], hits[0][2]


def _inside(value: str, hits: Sequence[tuple[float, str, str]], best: float) -> bool:
    """Whether a weaker hit is a part of the best one: `tea` of `boba tea`, `jan` of `Janelle`."""
    return any(
        score == best and any(word.startswith(_words(value)[0][:3]) for word in _words(other))
        for score, _, other in hits
    )


def _marks(phrase: str, label: str) -> int:
    """How many of an attribute's own words a phrase holds."""
    words = [word for word in _words(label) if word not in _STOP]
    own = sum(any(_alike(word, other) for other in _words(phrase)) for word in words)
    keeper = bool(_KEEPER.search(phrase.lower())) and "pet" not in _words(phrase)
    own += ("animals" if keeper else "pet") in words
    bare = len(_words(phrase)) == 1  # a name by itself
    return own + (bare and "name" in _words(label))


def mentions(text: str, values: Sequence[str]) -> list[tuple[float, str]]:
    """The values that stand in a text, with how many letters of it they explain.

    A value that is a part of a longer one found (`short` of `very short`) does not count.
    """
    hits = [(score, value) for value in values if (score := _score(text, value))]
    return [
        (score, value)
        for score, value in hits
        if not any(value != v and _words(value)[-1] in _words(v) and s > score for s, v in hits)
    ]


@lru_cache(maxsize=65536)
def _score(text: str, value: str) -> float:
    words, wanted = _words(text), _words(value)
    if not wanted:
        return 0
    whole = "".join(wanted)
    for start in range(len(words)):  # `hip hop` and `hip-hop`, `f150` and `F-150`
        joined = ""
        for word in words[start : start + 4]:
            joined += word
            if joined == whole:
                return len(whole) + 0.5
    if all(any(_alike(want, word) for word in words) for want in wanted):
        return sum(max(_shared(want, word) for word in words) for want in wanted)
    return 0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("'s ", " ").replace("’s ", " "))


def _alike(value: str, word: str) -> bool:
    """Whether a word has the value's stem: `paints` of `painting`, `September` of `sept`.

    A value of three letters may be cut short (`jan`), a word may not: `pet` is not `Peter`.
    """
    shared = _shared(value, word)
    if shared == len(value):
        return shared >= 3 or value == word
    return shared >= 4 and shared >= 0.55 * max(len(value), len(word))


def _shared(first: str, second: str) -> int:
    count = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        count += 1
    return count


def attribute_of(label: str, attributes: Mapping[str, Sequence[str]]) -> str | None:
    """The attribute that a column's name means: "Favorite sport" is FavoriteSport; None: none."""
    squeezed = "".join(_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)))
    for name in attributes:
        if squeezed == "".join(_words(name)):
            return name
    words = _words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label))
    scores = {
        name: sum(
            any(_alike(word, other) for other in words)
            for word in _words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
        )
        for name in attributes
    }
    best = max(scores.values(), default=0)
    names = [name for name, score in scores.items() if score == best and best]
    return names[0] if len(names) == 1 else None
