"""What the command line says of an error: one paragraph, whatever it is."""

import errno
import tempfile
import traceback
from contextlib import suppress

from schemas.errors import LongcotError

LONGEST = 500
"""Characters of a foreign error's own words: a UnicodeEncodeError holds the whole text."""


def complaint(error: Exception) -> str:
    """One paragraph: what went wrong, and what to do. What longcot did not foresee is kept whole in
    a temporary file, which the paragraph names.
    """
    if isinstance(error, LongcotError):
        return str(error)
    told = " ".join(_words(error).split())
    short = told if len(told) <= LONGEST else f"{told[:LONGEST]}…"
    kept = _kept(error)
    return f"{short}.{f' The whole of it, for a report: {kept}' if kept else ''}"


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror} ({errno.errorcode.get(error.errno, error.errno)})"
    if isinstance(error, ImportError):
        return f"{error}: is everything installed that longcot needs? `pip install longcot`"
    if isinstance(error, MemoryError):
        return "out of memory: give the build more, or fewer workers (LONGCOT_MEMORY)"
    if isinstance(error, UnicodeError):
        return f"a text is not what its encoding allows: {getattr(error, 'reason', error)}"
    return f"unforeseen {type(error).__name__}: {error}"


def _kept(error: Exception) -> str | None:
    with suppress(OSError, ValueError), tempfile.NamedTemporaryFile(
        "w", prefix="longcot-error-", suffix=".txt", delete=False,
        encoding="utf-8", errors="backslashreplace",
    ) as file:  # fmt: skip
        file.writelines(traceback.format_exception(error))
        return file.name
    return None


def unreadable(arguments: list[str]) -> str | None:
    """A complaint about arguments that are no text, if there are such.

    >>> unreadable(["build", "caf\\udce9.yaml"])
    "argument 2, 'caf\\\\udce9.yaml', is not UTF-8: rename what it names"
    """
    for number, argument in enumerate(arguments, 1):
        if any("\ud800" <= character <= "\udfff" for character in argument):
            return f"argument {number}, {argument!r}, is not UTF-8: rename what it names"
    return None
