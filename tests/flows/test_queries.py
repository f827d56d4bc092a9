"""The questions of docs/queries.md are asked, and their ways agree."""

import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tasks.query.locate import open_any
from tasks.query.sql import query
from tests import ROOT
from tests.flows.conftest import Site

TEXT = (ROOT / "docs" / "queries.md").read_text()
_STARTS = [found.start() for found in re.finditer(r"^\*\*\d+\. ", TEXT, re.MULTILINE)]
QUESTIONS = {
    TEXT[start:end].split("**")[1]: TEXT[start:end] for start, end in pairwise([*_STARTS, None])
}
EMPTY = {"4", "5", "6"}
"""On its traces math-verify agrees, nothing is undecided, and no person has decided."""


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def pool(new_site: Callable[..., Site]) -> Path:
    site = new_site()
    run = site.longcot("build", "quickstart", "--pool", "pool")
    assert run.code == 0, run.err
    return site.path("pool")


def rounded(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in rows]


def test_there_are_twenty() -> None:
    assert [name.split(".")[0] for name in QUESTIONS] == [str(n) for n in range(1, 21)]
    assert all(len(blocks(text, "sql")) == 1 for text in QUESTIONS.values())


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_is_answered_and_every_way_gives_the_same(name: str, pool: Path) -> None:
    (sql,) = blocks(QUESTIONS[name], "sql")
    with open_any(str(pool)) as connection:
        found = query(connection, sql, name)
    assert (found.num_rows == 0) == (name.split(".", maxsplit=1)[0] in EMPTY), found
    told = rounded([tuple(row.values()) for row in found.to_pylist()])
    assert not any(isinstance(v, float) and math.isnan(v) for row in told for v in row)
    (setup,) = blocks(TEXT, "python setup")
    for code in blocks(QUESTIONS[name], "python"):
        names: dict[str, Any] = {"POOL": str(pool)}
        exec(setup + code, names)
        assert rounded(names["answer"].rows()) == told, code
