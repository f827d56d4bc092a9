"""Names that LeetCode gives to a `class Solution`, whose stubs say `List[int]` and import nothing.

LiveCodeBench's own runner gives them too. A program without that class gets none.
"""

import builtins
import importlib
from typing import Any

_WHOLE = """bisect collections copy datetime functools heapq itertools json math operator random re
string time typing""".split()
_OPENED = "typing bisect heapq itertools functools math collections".split()  # the last one wins


def names() -> dict[str, Any]:
    """The names and what they stand for; Python's own keep their meaning (`pow`)."""
    found: dict[str, Any] = {"deepcopy": importlib.import_module("copy").deepcopy}
    for opened in map(importlib.import_module, _OPENED):
        public = getattr(opened, "__all__", None) or [n for n in dir(opened) if n[0] != "_"]
        found.update({name: getattr(opened, name) for name in public})
    found.update({name: importlib.import_module(name) for name in _WHOLE})
    return {name: value for name, value in found.items() if not hasattr(builtins, name)}
