"""A pool that an older longcot built: opened, built again, and what trainers load is the same."""

import pickle
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.build import finished, run
from tasks.pool.build import Runner
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt

POOLS = Path(__file__).parents[1] / "data" / "pools"


class Inline(Runner):
    """Runs each job here and now, from its pickle; counts what it had to do."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        return [pool.receipt(job.stage, job.key) or self._run(pool, job) for job in jobs]

    def _run(self, pool: Pool, job: Job) -> Receipt:
        self.ran.append(job.stage)
        again: Job = pickle.loads(pickle.dumps(job))
        return again.run(pool)

    def stream(self, step: str, name: str, work: Callable[..., Any]) -> Any:
        return work(lambda rows: None)

    def questions(self, what: str, works: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
        return {name: work(lambda meter, share: None) for name, work in works.items()}

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        pass


def releases(pool: Path) -> dict[str, Any]:
    """Every released file: its rows, and what its footer says but for the code that wrote it."""
    found = {}
    for path in sorted((pool / "releases").glob("*/*.parquet")):
        table = pq.read_table(path)
        facts = {k: v for k, v in (table.schema.metadata or {}).items() if b"code" not in k}
        found[str(path.relative_to(pool))] = (table.to_pylist(), facts)
    return found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(POOLS / "format-1", tmp_path / "site")
    return tmp_path / "site"


def test_what_was_built_before_is_not_built_again_and_its_releases_are_the_same(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, pool = str(site / "r.yaml"), str(site / "pool")
    before = releases(site / "pool")
    runner = Inline()
    run(recipe, pool, False, None, False, False, runner)
    assert "of format 1, is brought over to format 2" in capsys.readouterr().err
    assert releases(site / "pool") == before and len(before) == 2
    assert set(runner.ran) == {"select", "release"}  # which the old pool was handed on without
    assert finished(recipe, pool)
    second = Inline()
    run(recipe, pool, False, None, False, False, second)
    assert second.ran == []


def test_a_pool_built_anew_has_the_same_receipts_and_releases(site: Path, tmp_path: Path) -> None:
    runner = Inline()
    run(str(site / "r.yaml"), str(tmp_path / "new"), False, None, False, False, runner)
    assert releases(tmp_path / "new") == releases(site / "pool")
    for stage in ("screen", "sign", "dedupe", "verify", "measure", "grade"):
        keys = [{p.name for p in (place / "receipts" / stage).iterdir()}
                for place in (tmp_path / "new", site / "pool")]  # fmt: skip
        assert keys[0] == keys[1], stage
