"""What is imported is declared, and what is declared is imported."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests import ROOT

ROOMS = ("flows", "tasks", "verifiers", "schemas")
NOT_IMPORTED = {"sqlalchemy"}
"""Declared to hold back a release of what Prefect brings."""
HELD_BACK = {"fastapi", "sqlalchemy"}
"""Explained above both."""
OWNERS = {"vl_convert": "vl-convert-python", "lingua": "lingua-language-detector"}
"""Distributions that are called otherwise than their module, where they are not installed."""
EXTRAS = {"rdkit", "reasoning-gym", "lingua-language-detector", "distributed", "ray",
          "safetensors", "usearch"}  # fmt: skip
"""Imported where it is installed: an extra."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in project["dependencies"]}


def modules() -> set[str]:
    """The top-level modules that the product imports, by statement or by `import_module("...")`."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module)
                elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                    "import_module"
                ):
                    found.update(a.value for a in node.args if isinstance(a, ast.Constant))
    return {name.split(".")[0] for name in found}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    foreign = modules() - set(sys.stdlib_module_names) - {*ROOMS, "data", "benchmarks"}
    owners = packages_distributions()
    imported = {
        normal(owners[name][0]) if name in owners else normal(OWNERS.get(name, name))
        for name in foreign
    }
    assert imported - EXTRAS == declared() - NOT_IMPORTED


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    plain = [line for line in block.splitlines() if line.strip().startswith('"')]
    held = [line for line in plain if not re.search(r"# \S", line)]
    assert {re.split(r"[^\w-]", line.strip(' "'))[0] for line in held} == HELD_BACK
