"""Parts that declare themselves: a file in the right folder, or a package with an entry point.

A part (a step, a signal, a view format, a kind of answer, a command) registers itself when its
module is imported, so all that is needed is to import every module of its folder, and whatever
other packages declare under the part's group:

    [project.entry-points."longcot.steps"]
    language = "my_package.language"
"""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules


def load_parts(package: str, group: str | None = None) -> None:
    """Import every module of `package`, then the entry points of `group` (`longcot.steps`, ...).

    Modules are imported in the order of their names; importing twice is harmless.
    """
    for found in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{found.name}")
    for entry in entry_points(group=group) if group else ():
        entry.load()
