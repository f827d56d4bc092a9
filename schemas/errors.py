"""Errors that a person can act on: each message names the file, row or key and what to do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple


class LongcotError(Exception):
    """Base of every error raised on purpose; the command line prints it and exits with `code`."""

    code: ClassVar[int] = 1


class RecipeError(LongcotError):
    """The recipe is wrong: an unknown key, a wrong type, a step that does not exist."""


class Mistake(NamedTuple):
    """What is wrong with a recipe, and where.

    place: keys and numbers from its top, as `("steps", 2, "ask", "where")`
    passing: it is of the world, not of the recipe: another day it may be gone
    """

    place: tuple[str | int, ...]
    told: str
    passing: bool = False

    def __str__(self) -> str:
        place = ".".join(map(str, self.place))
        return f"{place}: {self.told}" if place else self.told


class MistakesError(RecipeError, ValueError):
    """Mistakes at places of a recipe; flows/recipe_file.py says on which lines these stand.

    It is a ValueError too, so that a recipe's models may raise it.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


def mistakes_of(error: Exception, *place: str | int) -> list[Mistake]:
    """The mistakes that an error tells, each at its place under `place`."""
    if isinstance(error, MistakesError):
        return [one._replace(place=(*place, *one.place)) for one in error.mistakes]
    passing = isinstance(error, LongcotError) and not isinstance(error, RecipeError)
    return [Mistake(place, str(error), passing)]


@contextmanager
def placed(*place: str | int) -> Iterator[None]:
    """Mistakes that are raised in here stand under `place`."""
    try:
        yield
    except MistakesError as error:
        raise MistakesError(mistakes_of(error, *place)) from None


class SourceError(LongcotError):
    """A source cannot be read: missing, truncated, of an unknown format, without a column."""


class PoolError(LongcotError):
    """The pool is damaged, foreign, not writable, or of another version."""


class QueryError(LongcotError):
    """A `where` or a query names something that the pool does not have."""


class TeacherError(LongcotError):
    """A teacher cannot be asked: no key, no such model, no server, a broken prompt template."""


class NoSandboxError(LongcotError):
    """No sandbox on this machine is safe enough to run programs in; says what to install."""


class StoppedError(LongcotError):
    """The build was asked to stop; what was received is kept, and the same command goes on."""


class MachineError(LongcotError):
    """This machine, or what it should reach, lacks something: a folder, a server, a package."""


class PartError(LongcotError):
    """A part (a step, signal, format, kind) is declared twice, or cannot be imported."""


class GateError(LongcotError):
    """A version does not pass its gates: it is built and kept, and not published."""

    code = 3

    def __init__(self, message: str, report: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.report = report or {}
        """What the build told, where it was a build that met the gate."""
