from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from schemas.errors import PoolError
from tasks.pool import release_files
from tasks.pool.release_files import is_stored, publish, stored
from tasks.pool.store import Pool


@pytest.fixture(params=["local", "memory"])
def pool(request: pytest.FixtureRequest, tmp_path: Path) -> Pool:
    return Pool(tmp_path if request.param == "local" else f"memory://pool{tmp_path}")


def _writes(key: str) -> Callable[[BinaryIO], int]:
    return lambda sink: sink.write(key.encode())


def store(pool: Pool, *keys: str) -> None:
    for key in keys:
        release_files.store(pool, "sft", key, _writes(key))


def shown(pool: Pool) -> dict[str, str]:
    folder = pool.path("releases/sft")
    return {Path(p).name: pool.fs.cat_file(p).decode() for p in pool.fs.ls(folder, detail=False)}


def test_the_folder_shows_the_shards_by_split_in_order(pool: Pool) -> None:
    store(pool, "a", "b", "c")
    found = publish(pool, "sft", [("train", "b", 2), ("train", "a", 1), ("test", "c", 3)])
    assert shown(pool) == {
        "train-00000-of-00002.parquet": "b",
        "train-00001-of-00002.parquet": "a",
        "test-00000-of-00001.parquet": "c",
    }
    assert [(shard.rows, shard.bytes) for shard in found] == [(2, 1), (1, 1), (3, 1)]
    assert all(pool.exists(shard.path) for shard in found)


def test_what_was_shown_before_goes(pool: Pool) -> None:
    store(pool, "a", "b", "c")
    publish(pool, "sft", [("train", "a", 1), ("train", "b", 1)])
    store(pool, "c")
    publish(pool, "sft", [("train", "c", 1)])
    assert shown(pool) == {"train-00000-of-00001.parquet": "c"}


def test_the_store_keeps_what_an_earlier_version_showed(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    store(pool, "a", "b")
    publish(pool, "sft", [("train", "b", 1)])
    assert {path.stem for path in (tmp_path / "releases/.store/sft").iterdir()} == {"a", "b"}


def test_a_swap_that_was_killed_is_done_again(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    store(pool, "a")
    publish(pool, "sft", [("train", "a", 1)])
    (tmp_path / "releases/sft").rename(tmp_path / "releases/.sft.old")
    (tmp_path / "releases/.sft.new").mkdir()
    publish(pool, "sft", [("train", "a", 1)])
    assert shown(pool) == {"train-00000-of-00001.parquet": "a"}
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == [".store", "sft"]


def test_a_foreign_file_in_the_folder_goes(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    store(pool, "a")
    publish(pool, "sft", [("train", "a", 1)])
    (tmp_path / "releases/sft/mine.parquet").write_text("x")
    publish(pool, "sft", [("train", "a", 1)])
    assert list(shown(pool)) == ["train-00000-of-00001.parquet"]


def test_a_shard_whose_bytes_have_changed_is_put_away(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    store(pool, "a")
    assert is_stored(pool, "sft", "a")
    Path(pool.path(stored("sft", "a"))).write_bytes(b"b")
    assert not is_stored(pool, "sft", "a")
    with pytest.raises(PoolError, match=r"a\.parquet: damaged: .* build again, and it is written"):
        publish(pool, "sft", [("train", "a", 1)])
    assert not pool.exists(stored("sft", "a"))
