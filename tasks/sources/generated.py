"""Problems that are made: the rows of a source that names a generator."""

from collections.abc import Iterator
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version

from schemas.errors import SourceError
from schemas.identity import digest
from schemas.parts.generator import GENERATORS, Generator
from schemas.recipe.views import Source
from tasks.sources.rows import Row


def maker(source: Source) -> tuple[Generator, str, tuple[int, int]]:
    """The generator of a source, its task, and the levels. Raises SourceError."""
    name, _, task = str(source.generate).partition("/")
    found = GENERATORS.get(name)
    if found is None:
        raise SourceError(f"generate: no generator `{name}`{_nearest(name, list(GENERATORS))}")
    known = found.tasks() if found.tasks else []
    if known and task not in known:
        raise SourceError(f"generate: `{name}` has no task `{task}`{_nearest(task, known)}")
    if task and not known:
        raise SourceError(f"generate: `{name}` has no tasks; say `generate: {name}`")
    low, high = source.level or found.levels
    if not found.levels[0] <= low <= high <= found.levels[1]:
        raise SourceError(
            f"generate: `{name}` has the levels {found.levels[0]} to {found.levels[1]}, not "
            f"{low} to {high}"
        )
    return found, task, (low, high)


def stamp(source: Source) -> str:
    """A digest of what decides the rows. Raises SourceError."""
    found, task, levels = maker(source)
    made = [found.name, found.version, task, source.n, source.seed, levels, _gym(found)]
    return digest("generate", *made)


def generated(source: Source) -> Iterator[Row]:
    """The rows of a source that is made; a larger `n` gives the same ones first."""
    found, task, levels = maker(source)
    name = str(source.generate)
    for number, row in enumerate(found.rows(task, source.n or 0, source.seed or 0, levels)):
        own = {"source_id": f"{name}/{source.seed or 0}/{number}", **row}
        yield Row(f"{name}#{number}", own)


def _gym(found: Generator) -> str:
    """The version of the package that makes the problems, where it is another's."""
    try:
        return version("reasoning-gym") if found.tasks else ""
    except PackageNotFoundError:
        return ""


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f" (there are: {', '.join(sorted(known)[:40])})"
