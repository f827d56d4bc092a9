"""CONTRIBUTING.md is true: its examples, written into a copy of the tree, pass their own tests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.patience import patience

ROOMS = ("flows", "tasks", "verifiers", "schemas", "data", "tests", "benchmarks")
BLOCK = re.compile(r"^```(?:python|yaml)\n# (\S+/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A fenced example whose first line is the path of its file."""

GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with every example written where it says."""
    copy = tmp_path_factory.mktemp("tree")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, text in BLOCK.findall(GUIDE):
        assert not (copy / name).exists(), f"{name} stands in the tree already"
        (copy / name).write_text(text, "utf-8")
    return copy


def python(tree: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True, text=True, check=False, timeout=patience(120),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_part_is_one_file_and_one_test_and_passes_it(tree: Path) -> None:
    tests = [name for name, _ in BLOCK.findall(GUIDE) if name.startswith("tests/")]
    assert len(tests) >= 3
    python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def test_a_benchmark_a_prompt_and_a_recipe_are_known_by_their_name(tree: Path) -> None:
    code = """
from pathlib import Path
from flows.cli.recipe_names import find_recipe
from tasks.contamination.benchmarks import declaration
from tasks.llm.prompts import load
from flows.recipe_file import load_recipe
path = find_recipe("colours")
recipe = load_recipe(path)
prompt = load(recipe.teachers[0].prompt[0], path.parent)
print(declaration("colours", path.parent)[0].name, recipe.name, prompt.label.split("@")[0])
"""
    assert python(tree, "-c", code).split() == ["colours", "colours", "colour"]


def test_the_map_names_folders_that_there_are() -> None:
    table = GUIDE.split("## The map", 1)[1].split("## What holds", 1)[0]
    named = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
    folders = [folder for cell in named for folder in re.findall(r"`([\w/]+)`", cell)]
    assert len(folders) > 12
    assert all((ROOT / folder).is_dir() for folder in folders)
