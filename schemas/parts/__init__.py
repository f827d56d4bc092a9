"""Parts that declare themselves: a file in the right folder, or a package with an entry point.

A part (a step, a signal, a view format, a kind of answer, a command) registers itself when its
module is imported, so all that is needed is to import every module of its folder, and whatever
other packages declare under the part's group:

    [project.entry-points."longcot.steps"]
    language = "my_package.language"
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from threading import RLock
from typing import Generic, TypeVar

from schemas.errors import PartError

Part = TypeVar("Part")


def load_parts(package: str, group: str | None = None) -> None:
    """Import every module of `package`, then the entry points of `group` (`longcot.steps`, ...).

    Modules are imported in the order of their names; importing twice is harmless. Raises PartError
    naming the entry point that cannot be imported.
    """
    for found in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{found.name}")
    for entry in entry_points(group=group) if group else ():
        try:
            entry.load()
        except PartError:
            raise
        except Exception as error:  # whatever a stranger's module raises when it is imported
            origin = entry.dist.name if entry.dist else "a package"
            raise PartError(
                f"{entry.value}, which {origin} declares under `{group}`, cannot be imported: "
                f"{type(error).__name__}: {error}; mend or uninstall {origin}"
            ) from error


class Parts(Mapping[str, Part], Generic[Part]):
    """The parts of one sort by name, loaded when somebody first looks at them.

    Nothing is imported before, so that declaring a part, or reading what needs none, is cheap.
    """

    def __init__(self, what: str, package: str, group: str) -> None:
        """what: the sort of part, for messages; package and group: as `load_parts` has them."""
        self._what, self._package, self._group = what, package, group
        self._parts: dict[str, Part] = {}
        self._loaded = False
        self._lock = RLock()

    def add(self, name: str, part: Part) -> None:
        """Declare a part. Raises PartError if another has the name."""
        if name in self._parts:
            raise PartError(f"{self._what} `{name}` is declared twice; give one another name")
        self._parts[name] = part

    def __getitem__(self, name: str) -> Part:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Part]:
        with self._lock:
            if not self._loaded:
                self._loaded = True  # first: a part may look at the others while it is imported
                try:
                    load_parts(self._package, self._group)
                except BaseException:
                    self._loaded = False
                    raise
        return self._parts
