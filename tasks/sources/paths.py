"""Paths into rows: `prompt[0].content`, `reward_model.ground_truth`, `generations[*]`."""

import re
from collections.abc import Iterator
from typing import Any

from tasks.sources.rows import Broken, Row

STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?\d+|\*)\]")  # .content, [0], [-1], [*]
PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[(?:-?\d+|\*)\])*")


def root_of(path: str, keys: set[str]) -> str:
    """The column of the source that a path begins in; a column of that very name goes first."""
    if path in keys or not PATH.fullmatch(path):
        return path
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def at(content: dict[str, Any], path: str) -> Any:
    """What stands at a path; None where there is nothing."""
    if path in content or not PATH.fullmatch(path):
        return content.get(path)
    value: Any = content
    for name, index in STEP.findall(path):
        if name:
            value = value.get(name) if isinstance(value, dict) else None
        elif not isinstance(value, list) or index == "*":
            return None
        else:
            number = int(index)
            value = value[number] if -len(value) <= number < len(value) else None
    return value


def spread(row: Row, paths: list[str]) -> Iterator[Row]:
    """A row for each item of the lists that the paths with `[*]` go through: `t.jsonl:3[0]`.

    The item's value stands under the path itself. A row whose lists differ in length is Broken.
    """
    several = [path for path in paths if "[*]" in path]
    if not several or isinstance(row.content, Broken):
        yield row
        return
    found = {path: _items(row.content, path) for path in several}
    lengths = {len(items) for items in found.values() if items is not None}
    if len(lengths) != 1 or None in found.values():
        told = ", ".join(f"{p}: {'none' if i is None else len(i)}" for p, i in found.items())
        yield Row(row.place, Broken("wrong_type", f"lists of one length are needed ({told})"))
        return
    for number in range(lengths.pop()):
        own = {path: items[number] for path, items in found.items() if items is not None}
        yield Row(f"{row.place}[{number}]", {**row.content, **own})


def _items(content: dict[str, Any], path: str) -> list[Any] | None:
    head, _, tail = path.partition("[*]")
    items = at(content, head)
    if not isinstance(items, list):
        return None
    rest = tail.removeprefix(".")
    if not rest:
        return items
    return [at(item, rest) if isinstance(item, dict) else None for item in items]
