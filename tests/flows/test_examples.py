"""The examples of docs/examples are true: recorded ones are built, and their Python runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from flows.recipe_file import load_recipe
from tests import ROOT
from tests.flows.conftest import Built, Site
from tests.patience import patience

EXAMPLES = ROOT / "docs" / "examples"
BUILT = ["sft", "pairs", "rlvr"]


def python(site: Site, name: str) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"],
        cwd=site.folder, env=site.env, capture_output=True, text=True, check=False,
        timeout=patience(120),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_what_is_built_is_read_as_its_python_says(site: Site) -> None:
    (site.folder / "pools").mkdir()
    for name in (*BUILT, "decontaminate"):  # the same problems and steps: the work is done once
        place = site.path("pools/shared")
        place.mkdir(exist_ok=True)
        site.path(f"pools/{name}").symlink_to(place)
        run = site.longcot("build", str(EXAMPLES / f"{name}.yaml"))
        assert run.code == 0, run.err
        told = python(site, name)
        assert told.strip()
        if name == "sft":
            assert "<think>" in told or "boxed" in told, told
            assert "'correct'" in python(site, "query")
            before = Built(place).work()
        if name == "rlvr":
            accepted, _, rows = told.split()[:3]
            assert accepted == rows and int(rows) > 0
        if name == "decontaminate":
            assert "little-exam" in told and "review" in told
    kept = [file for file in before if file.startswith(("receipts/verify", "verdicts"))]
    assert kept and all(Built(place).work()[file] == before[file] for file in kept)


def test_the_verifier_is_a_library(site: Site) -> None:
    words = [line.split()[0] for line in python(site, "verify").splitlines()]
    assert words == ["correct", "incorrect", "incorrect"]


@pytest.mark.parametrize("recipe", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_is_well_and_short(recipe: Path) -> None:
    load_recipe(recipe)
    code = recipe.with_suffix(".py").read_text()
    compile(code, recipe.stem, "exec")
    assert len([line for line in code.splitlines() if line.strip()]) <= 12


def test_every_example_stands_in_the_list() -> None:
    listed = (EXAMPLES / "README.md").read_text()
    assert all(f"({p.name})" in listed for p in EXAMPLES.iterdir() if p.name != "README.md")
