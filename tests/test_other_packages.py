"""A package that is built, installed beside longcot and declares parts has them in every recipe."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.patience import patience
from tests.test_contributing import BLOCK, GUIDE

PARTS = {
    "longcot.signals": "tasks/signals/reflections.py",
    "longcot.formats": "tasks/views/formats/transcript.py",
    "longcot.kinds": "verifiers/kinds/colour.py",
    "longcot.steps": "tasks/steps/latin.py",
}

ASKED = """
from schemas.parts.signal import SIGNALS
from schemas.tables import TABLES
from schemas.recipe.views import View
from schemas.parts.view_format import FORMATS
from verifiers import Problem, verify

assert SIGNALS["reflections"].function.__module__ == "my_package.reflections"
assert "reflections" in TABLES["signals"].names
assert FORMATS[View(format="transcript").format].function.__module__ == "my_package.transcript"
assert verify(Problem("p", "", "#ff0000", "colour"), r"\\boxed{#F00}").reason == "equal.exact"
"""

STEP = """
from flows.recipe import Recipe

steps = [{"latin": {"share": 0.9}}]
made = Recipe.model_validate({"name": "r", "sources": [{"path": "p.jsonl"}], "steps": steps})
assert type(made.steps[0]).__module__ == "my_package.latin"
"""


def run(*command: str | Path) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=patience(120)
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment in which the package's wheel was installed.

    It sees this environment's packages, longcot among them, so that nothing is fetched.
    """
    pytest.importorskip("hatchling")
    pytest.importorskip("pip")
    folder = tmp_path_factory.mktemp("package")
    code = folder / "my_package"
    code.mkdir()
    (code / "__init__.py").touch()
    examples = dict(BLOCK.findall(GUIDE))
    lines = [
        "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'",
        "[project]\nname = 'my-package'\nversion = '1'",
    ]
    for group, name in PARTS.items():
        part = Path(name).stem
        (code / f"{part}.py").write_text(examples[name], "utf-8")
        lines.append(f"[project.entry-points.'{group}']\n{part} = 'my_package.{part}'")
    (folder / "pyproject.toml").write_text("\n".join(lines))
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-index"]
    run(*pip, "wheel", *alone, "--no-build-isolation", "-w", str(folder / "dist"), str(folder))
    venv.create(folder / "fresh", with_pip=False)
    fresh = folder / "fresh" / "bin" / "python"
    (wheel,) = (folder / "dist").glob("my_package-1-*.whl")
    run(*pip, "--python", str(fresh), "install", *alone, str(wheel))
    (site,) = (folder / "fresh" / "lib").glob("python*/site-packages")
    ours = sysconfig.get_path("purelib")
    (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return fresh


def test_its_signal_format_and_kind_are_there(installed: Path) -> None:
    run(installed, "-c", ASKED)


def test_its_step_stands_in_a_recipe(installed: Path) -> None:
    run(installed, "-c", STEP)
