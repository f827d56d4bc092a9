r"""Points that one letter runs through: `(1+2t, -t)` beside `x = 3-2s, y = -1+s`.

Two of them are one line where the letter is said to be any number, and the same points of a
lattice where it is said to be a whole one. Where nobody says what it is, it is one or the other.
"""

from typing import Any, NamedTuple

from verifiers.math.comparing.assignments import names_of
from verifiers.math.comparing.numeric import mp, value
from verifiers.math.comparing.relations import is_equation, unwrap
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols

_CLOSE = 1e-30


class Letters(NamedTuple):
    """The letters that a side says to be `whole` numbers, or `free` to be any constant."""

    whole: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()


NO_LETTERS = Letters()


class _Line(NamedTuple):
    """A point and the step from it that a letter gives; `names` of the coordinates, if any."""

    letter: str
    names: tuple[str, ...]
    start: tuple[Any, ...]
    step: tuple[Any, ...]


def compare_lines(gold: Node, answer: Node, letters: Letters) -> str | None:
    """The reason for two lines, which are not the same as they stand; None where a side is none."""
    ours, theirs = _line(gold), _line(answer)
    if not ours or not theirs or len(ours.start) != len(theirs.start):
        return None
    order = list(range(len(ours.start)))
    if ours.names and theirs.names:
        if {*ours.names} != {*theirs.names}:
            return None
        order = [theirs.names.index(name) for name in ours.names]
    gap = [theirs.start[n] - at for n, at in zip(order, ours.start, strict=True)]
    turns, pace = _in_steps(gap, ours.step), _in_steps([theirs.step[n] for n in order], ours.step)
    said = {ours.letter, theirs.letter}
    if turns is None or pace is None:
        return "differ.value"
    if not said & (letters.whole | letters.free):
        return "undecided.unread"
    lattice = abs(abs(pace) - 1) < _CLOSE and abs(turns - mp.nint(turns)) < _CLOSE
    return "equal.exact" if lattice or not said & letters.whole else "differ.value"


def _line(node: Node) -> _Line | None:
    """The line that a tuple, or values of several names, run through; None for other things."""
    names = tuple(names_of(node))
    if not names and is_equation(node) and node.args[1][0].kind == "group":
        names = tuple(str(part.args[0]) for part in node.args[1][0].args[2])
    elif not names and not _is_point(node):
        return None
    items = node.args[1] if node.kind == "list" else _coordinates(node)
    coordinates = [unwrap(item) for item in items]
    letters = {name for item in coordinates for name in symbols(item)}
    if len(coordinates) < 2 or len(letters) != 1 or letters & {*names}:
        return None
    (letter,) = letters
    try:
        points = [[value(item, {letter: mp.mpf(n)}) for item in coordinates] for n in (0, 1, 3)]
    except (UnreadableError, TooBigError, KeyError, ZeroDivisionError):
        return None
    if any(at is None or mp.im(at) for point in points for at in point):
        return None
    start, first, third = points
    step = tuple(b - a for a, b in zip(start, first, strict=True))
    bent = [c - a - 3 * s for a, c, s in zip(start, third, step, strict=True)]
    if any(abs(b) > _CLOSE for b in bent) or not any(abs(s) > _CLOSE for s in step):
        return None
    return _Line(letter, names, tuple(start), step)


def _is_point(node: Node) -> bool:
    return node.kind == "group" and node.args[:2] == ("(", ")")


def _coordinates(node: Node) -> tuple[Node, ...]:
    """The coordinates of a point, or of the one that an equation gives to names."""
    point = node.args[1][-1] if node.kind == "rel" else node
    return point.args[2] if _is_point(point) else ()


def _in_steps(vector: list[Any], step: tuple[Any, ...]) -> Any:
    """How many steps a vector is; None where it has another direction."""
    size, along = max((abs(s), n) for n, s in enumerate(step))
    turns = vector[along] / step[along] if size else None
    if turns is None or any(abs(v - turns * s) > _CLOSE for v, s in zip(vector, step, strict=True)):
        return None
    return turns
