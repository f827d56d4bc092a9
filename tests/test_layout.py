"""The imports of the house run one way, and no floor has too many rooms."""

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ["schemas", "verifiers", "tasks", "flows"]

ALIKE = {"tasks/steps", "flows/cli/commands", "verifiers/kinds", "tasks/signals",
         "tasks/views/formats", "schemas"}  # fmt: skip
"""Folders whose files are parts of one sort; `schemas` is one file a vocabulary."""

ROOMS = 14


def imports(path: Path) -> set[str]:
    """The house's own modules that a file imports, wherever in it; not for the types alone."""
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        todo.extend(ast.iter_child_nodes(node))
    return {name for name in found if name.split(".")[0] in FLOORS}


def files(floor: str) -> list[Path]:
    return sorted((ROOT / floor).rglob("*.py"))


def room(module: str) -> str | None:
    """The folder of its floor that a module stands in; None: in none."""
    parts = module.split(".")
    place = ROOT.joinpath(*parts[:2])
    return parts[1] if len(parts) > 1 and place.is_dir() else None


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_run_one_way(floor: str) -> None:
    below = FLOORS[: FLOORS.index(floor) + 1]
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(floor)
        for name in sorted(imports(path))
        if name.split(".")[0] not in below
    ]
    assert wrong == []


@pytest.mark.parametrize("floor", FLOORS)
def test_there_is_no_circle_between_rooms(floor: str) -> None:
    """A room is a folder of a floor; files beside the folders (`dispatch`) stand in none."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for path in files(floor):
        inside = path.relative_to(ROOT / floor).parts
        own = inside[0] if len(inside) > 1 else None
        for name in imports(path):
            other = room(name) if name.split(".")[0] == floor else None
            if own and other and other != own:
                arrows[own].add(other)
    TopologicalSorter(arrows).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("floor", FLOORS)
def test_no_floor_has_too_many_rooms(floor: str) -> None:
    for folder in [ROOT / floor, *(p for p in (ROOT / floor).rglob("*") if p.is_dir())]:
        name = str(folder.relative_to(ROOT))
        rooms = [
            path
            for path in folder.iterdir()
            if path.name not in ("__init__.py", "__pycache__", "py.typed")
            and (path.is_dir() or path.suffix == ".py")
        ]
        assert name in ALIKE or len(rooms) <= ROOMS, f"{name} has {len(rooms)} rooms"
