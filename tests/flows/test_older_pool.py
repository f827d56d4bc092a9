"""A pool that an older longcot built: opened, built again, and what trainers load is the same."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.build import finished, run
from tests.flows.inline import Inline

POOLS = Path(__file__).parents[1] / "data" / "pools"


OF_THE_CODE = (b"longcot.code", b"longcot.format", b"longcot.key")


def releases(pool: Path) -> dict[str, Any]:
    """Every released file: its rows, and what its footer says but for the code that wrote it, how
    that numbers its files, and the key that follows from both.
    """
    found = {}
    for path in sorted((pool / "releases").glob("*/*.parquet")):
        table = pq.read_table(path)
        facts = {k: v for k, v in (table.schema.metadata or {}).items() if k not in OF_THE_CODE}
        found[str(path.relative_to(pool))] = (table.to_pylist(), facts)
    return found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(POOLS / "format-1", tmp_path / "site")
    return tmp_path / "site"


RAISED = {"screen", "sign", "dedupe", "verify", "measure"}
"""The steps whose version was raised since the pool was built."""
AFTER = {"grade", "select", "release"}
"""What depends on them."""


def receipts(pool: Path, *stages: str) -> set[str]:
    """The receipts of finished work (of these stages); how a source looked is none."""
    found = {str(path.relative_to(pool)) for path in (pool / "receipts").glob("*/*.json")}
    work = {name for name in found if "-listing/" not in name}
    return {name for name in work if not stages or name.split("/")[1] in stages}


@pytest.mark.slow
def test_what_came_in_before_stays_and_the_releases_are_those_of_a_pool_built_anew(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, pool = str(site / "r.yaml"), str(site / "pool")
    before = releases(site / "pool")
    read = receipts(site / "pool", "ingest", "generate")
    runner = Inline()
    run(recipe, pool, runner)
    assert "of format 1, is brought over to format 2" in capsys.readouterr().err
    assert releases(site / "pool") == before and len(before) == 2
    assert receipts(site / "pool", "ingest", "generate") == read
    assert set(runner.ran) == RAISED | AFTER
    assert finished(recipe, pool)
    second = Inline()
    run(recipe, pool, second)
    assert second.ran == []
    anew = tmp_path / "anew"
    run(recipe, str(anew), Inline())
    assert releases(anew) == before
    assert receipts(anew) <= receipts(site / "pool")
