"""The `tests` of a problem: what its kind needs beside the gold answer, as JSON text."""

import json
from typing import Any

from verifiers.math.parsing.tree import UnreadableError


def read_tests(tests: str | None, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON object in `tests` (empty where there is none) with the keys in `needed`.

    Raises UnreadableError for anything else.
    """
    try:
        found = json.loads(tests) if tests else {}
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"tests: {error}") from None
    if not isinstance(found, dict) or any(key not in found for key in needed):
        raise UnreadableError(f"tests: an object with {', '.join(needed) or 'named values'}")
    return found
