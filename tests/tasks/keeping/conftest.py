"""A pool of two versions, built from recordings; the second has rows that the first has not."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tasks.pool.store import Pool
from tests.flows.inline import build
from tests.flows.problems import lines, problems, recipe, traces


class Place:
    """A folder with a source, a recording, a recipe over them, and its pool."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def recipe(self) -> str:
        return str(self.folder / "r.yaml")

    @property
    def pool(self) -> Pool:
        return Pool(self.folder / "pool")

    def write(self, count: int, **changes: object) -> None:
        """Problems and three traces of each, and the recipe with these changes."""
        (self.folder / "p.jsonl").write_bytes(lines(problems(0, count)))
        (self.folder / "t.jsonl").write_bytes(lines(traces(0, count)))
        (self.folder / "r.yaml").write_text(yaml.safe_dump(recipe(**changes), sort_keys=False))

    def build(self) -> Pool:
        build(self.recipe, self.pool.url)
        return self.pool

    def files(self) -> dict[str, bytes]:
        """Every file of the pool."""
        root = self.folder / "pool"
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("two-versions"))
    place.write(12, views={"sft": {"where": "verdict = 'correct'"}, "rlvr": {}})
    place.build()
    place.write(16, views={"sft": {"where": "verdict = 'correct'"}, "rlvr": {}})
    place.build()
    return place


@pytest.fixture
def copied(built_once: Place, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """Copies of the pool with its sources; links and times of writing are kept."""

    def copy(name: str) -> Place:
        subprocess.run(["cp", "-a", str(built_once.folder), str(tmp_path / name)], check=True)
        return Place(tmp_path / name)

    yield copy


@pytest.fixture
def place(copied: Callable[[str], Place]) -> Place:
    return copied("place")
