"""Parts register themselves when they are first looked at, once, and say what is wrong."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from schemas import parts
from schemas.errors import PartError
from schemas.parts import Parts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable, empty package `parts_of_a_test`."""
    package = tmp_path / "parts_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        monkeypatch.delitem(sys.modules, name)
    return package


DECLARED: list[int] = []


def found(folder: Path) -> Parts[int]:
    return Parts("number", folder.name, "longcot.numbers")


def test_a_file_in_the_folder_is_all_that_a_part_needs(folder: Path) -> None:
    numbers = found(folder)
    (folder / "one.py").write_text(
        "from tests.schemas.parts.test_parts import DECLARED\nDECLARED += [1]"
    )
    DECLARED.clear()
    assert len(numbers) == 0  # the file names no registry; it was imported
    assert DECLARED == [1]


def test_nothing_is_imported_before_somebody_looks(folder: Path) -> None:
    (folder / "broken.py").write_text("1 / 0")
    numbers = found(folder)
    numbers.add("one", 1)
    for _ in range(2):  # what failed once fails again: half the parts are never taken for all
        with pytest.raises(ZeroDivisionError):
            list(numbers)


def test_a_name_is_declared_once(folder: Path) -> None:
    numbers = found(folder)
    numbers.add("one", 1)
    with pytest.raises(PartError, match="number `one` is declared twice; give one another name"):
        numbers.add("one", 2)
    assert dict(numbers) == {"one": 1}


def test_an_entry_point_that_cannot_be_imported_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("lost", "no_such_package.numbers", "longcot.numbers")
    monkeypatch.setattr(parts, "entry_points", lambda group: [entry])
    with pytest.raises(PartError, match=r"no_such_package\.numbers, .* under `longcot\.numbers`"):
        list(found(folder))
