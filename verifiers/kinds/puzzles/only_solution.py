"""A puzzle's gold is right if it is the puzzle's only solution."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from verifiers.math.parsing.tree import TooBigError, UnreadableError

Solution = TypeVar("Solution")


def only_solution(
    readable: str, solve: Callable[[], Sequence[Solution]], is_gold: Callable[[Solution], bool]
) -> str:
    """The reason of an audit whose gold could be read.

    readable: the reason where the puzzle's words are not understood (`solve` raises
    UnreadableError): the gold is then taken as it is.
    """
    try:
        found = solve()
    except UnreadableError:
        return readable
    except TooBigError:
        return "undecided.limit"
    if not found:
        return "gold.no_solution"
    if len(found) > 1:
        return "gold.several_solutions"
    return readable if is_gold(found[0]) else "gold.differs"
