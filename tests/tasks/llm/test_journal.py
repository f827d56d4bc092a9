"""The journal: written at once, synced in groups, torn ends cut, damage named."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PoolError
from tasks.llm import journal as module
from tasks.llm.journal import Journal
from tasks.pool.store import Pool


def write(
    pool: Pool, records: list[dict[str, Any]], rotate_after: int | None = None
) -> Journal[dict[str, Any]]:
    async def run() -> Journal[dict[str, Any]]:
        journal = Journal(pool, "t", dict)
        for number, record in enumerate(records, start=1):
            journal.write(record)
            if number == rotate_after:
                await journal.rotate()
        await journal.flush()
        return journal

    return asyncio.run(run())


def everything(pool: Pool) -> list[dict[str, Any]]:
    journal = Journal(pool, "t", dict)
    return [record for number in journal.files() for record in journal.read(number)]


def path_of(pool: Pool, number: int = 0) -> Path:
    return Path(pool.path(f"journal/t/{number:06d}.jsonl"))


def test_records_come_back_in_order_over_files(pool: Pool) -> None:
    records = [{"id": str(n)} for n in range(10)]
    journal = write(pool, records, rotate_after=4)
    assert journal.files() == [0, 1]
    assert everything(pool) == records
    journal.drop(0)
    assert everything(pool) == records[4:]


def test_a_record_is_in_the_file_before_write_returns(pool: Pool) -> None:
    async def run() -> int:
        journal = Journal(pool, "t", dict)
        journal.write({"id": "a"})
        size = path_of(pool).stat().st_size
        await journal.flush()
        return size

    assert asyncio.run(run()) == len(b'{"id":"a"}\n')


def test_syncs_come_in_groups_and_within_the_second(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(module, "_sync", lambda handle: (synced.append(handle), os.close(handle)))
    monkeypatch.setattr(module, "SYNC_SECONDS", 0.2)

    async def run() -> None:
        journal = Journal(pool, "t", dict)
        for n in range(module.SYNC_RECORDS - 1):
            journal.write({"id": n})
        await asyncio.sleep(0)
        assert not synced, "63 records wait for the clock"
        journal.write({"id": "64th"})
        await asyncio.sleep(0.05)
        assert len(synced) == 1
        journal.write({"id": "alone"})
        await asyncio.sleep(0.4)
        assert len(synced) == 2

    asyncio.run(run())


@given(st.integers(min_value=0, max_value=60))
def test_a_cut_anywhere_loses_whole_records_from_the_end_only(cut: int) -> None:
    import tempfile

    records = [{"id": str(n), "text": "x" * n} for n in range(4)]
    with tempfile.TemporaryDirectory() as folder:
        pool = Pool(folder)
        write(pool, records)
        path = path_of(pool)
        whole = path.read_bytes()
        path.write_bytes(whole[: max(0, len(whole) - cut)])
        kept = everything(pool)
        assert kept == records[: len(kept)]
        write(pool, [{"id": "next"}])
        assert everything(pool) == [*kept, {"id": "next"}]


def test_a_damaged_line_is_named(pool: Pool) -> None:
    write(pool, [{"id": "a"}, {"id": "b"}, {"id": "c"}])
    path = path_of(pool)
    path.write_bytes(path.read_bytes().replace(b'{"id":"b"}', b'{"id":\x00b"}'))
    with pytest.raises(PoolError, match=r"000000\.jsonl:2: damaged .* was paid for; mend it"):
        everything(pool)


def test_a_failed_sync_is_told_at_the_next_write(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(handle: int) -> None:
        os.close(handle)
        raise OSError("the disk is gone")

    monkeypatch.setattr(module, "_sync", fail)

    async def run() -> None:
        journal = Journal(pool, "t", dict)
        journal.write({"id": "a"})
        await journal.flush()

    with pytest.raises(PoolError, match="cannot be written: the disk is gone"):
        asyncio.run(run())


def test_a_remote_pool_gets_an_object_a_group(tmp_path: Path) -> None:
    pool = Pool(f"memory://{tmp_path.name}")
    records = [{"id": str(n)} for n in range(130)]
    write(pool, records, rotate_after=100)
    assert sorted(r["id"] for r in everything(pool)) == sorted(r["id"] for r in records)
    objects = pool.fs.ls(pool.path("journal/t"), detail=False)
    assert len(objects) < 10
