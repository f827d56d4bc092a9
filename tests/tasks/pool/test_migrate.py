"""Pools of earlier formats: small ones, as the code that wrote them left them."""

import json
import shutil
from pathlib import Path

import pytest

from schemas.errors import PoolError
from tasks.pool.migrate import current, explained, migrate, older
from tasks.pool.store import FORMAT, Pool, Shard
from tasks.query.locate import open_any

POOLS = Path(__file__).parents[2] / "data" / "pools"
COUNTS = "SELECT step, reason, count(*) FROM set_aside GROUP BY ALL ORDER BY ALL"
LABELS = "SELECT trace_id, verdict, set_aside FROM pool ORDER BY trace_id"


@pytest.fixture
def place(tmp_path: Path) -> str:
    shutil.copytree(POOLS / "format-1" / "pool", tmp_path / "pool")
    return str(tmp_path / "pool")


def told(place: str) -> list[object]:
    """What a reader learns of a pool."""
    with open_any(place) as connection:
        return [connection.execute(sql).fetchall() for sql in (COUNTS, LABELS, "FROM view_sft")]


def test_an_older_pool_is_read_where_it_lies_and_reads_the_same_when_brought_over(
    place: str,
) -> None:
    before = told(place)
    assert {step for step, *_ in before[0]} == {"screen", "dedupe", "verify"}  # type: ignore[attr-defined]
    found = older(Pool(place))
    assert "nothing is computed or asked again" in explained(Pool(place), found)
    migrate(Pool(place), found)
    assert told(place) == before
    assert Pool(place).manifest["format"] == FORMAT
    assert current(Pool(place)) and older(Pool(place)) == []


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_run_that_was_killed_is_taken_up(place: str, steps: int) -> None:
    before = told(place)
    kept = Path(place) / "manifest.json"
    manifest = kept.read_text()
    found = older(Pool(place))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "put_json", _dies_after(steps))
        with pytest.raises(KeyboardInterrupt):
            migrate(Pool(place), found)
    assert kept.read_text() == manifest
    assert told(place) == before
    migrate(Pool(place), older(Pool(place)))
    assert told(place) == before
    live = [Shard(**shard) for shard in Pool(place).manifest["tables"]["set_aside"]]
    assert all(Pool(place).exists(shard.path) for shard in live)


def _dies_after(writes: int):  # type: ignore[no-untyped-def]
    whole, left = Pool.put_json, [writes]

    def put_json(self: Pool, relative: str, content: object) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        whole(self, relative, content)

    return put_json


def test_a_format_that_is_not_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "99"}))
    with pytest.raises(PoolError, match="format 99"):
        older(Pool(tmp_path))
